import { blockNode } from './block-node.ts';
import type { FirmwareFlash, QemuOptions } from './options.ts';

export function flash({ code, vars, format }: FirmwareFlash): string[] {
  return [
    ...['-blockdev', blockNode('firmware-code', { file: code, format }, { readOnly: true })],
    ...['-blockdev', blockNode('firmware-vars', { file: vars, format }, { readOnly: false })],
  ];
}

export function directKernel({
  kernel,
  initrd,
  commandLine,
}: NonNullable<QemuOptions['directKernel']>): string[] {
  return [
    ...['-kernel', kernel],
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
    ...['-append', commandLine],
  ];
}
