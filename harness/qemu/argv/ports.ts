import { optionString } from './option-string.ts';
import type { QemuOptions } from './options.ts';

export function qmp(id: string, socket: string): string[] {
  return [...['-chardev', serverSocket(id, socket)], ...['-mon', `chardev=${id},mode=control`]];
}

export function console({ consoleSocket, consoleLog }: QemuOptions): string[] {
  const chardev =
    consoleSocket === undefined
      ? optionString('file', { id: 'console', path: consoleLog, append: true })
      : serverSocket('console', consoleSocket, { logfile: consoleLog, logappend: true });
  return ['-chardev', chardev, '-serial', 'chardev:console'];
}

export function ports({ bridgeSocket, journalSocket }: QemuOptions): string[] {
  const named = [
    { id: 'bridge', socket: bridgeSocket },
    { id: 'journal', socket: journalSocket },
  ].flatMap(({ id, socket }) => (socket === undefined ? [] : [{ id, socket }]));
  if (named.length === 0) return [];
  return [
    ...['-device', 'virtio-serial-pci'],
    ...named.flatMap(({ id, socket }) => [
      ...['-chardev', serverSocket(id, socket)],
      ...['-device', optionString('virtserialport', { chardev: id, name: `hotfire.${id}` })],
    ]),
  ];
}

/** QEMU listens and starts without waiting: whoever connects later finds the machine running. */
function serverSocket(id: string, path: string, more: Parameters<typeof optionString>[1] = {}): string {
  return optionString('socket', { id, path, server: true, wait: false, ...more });
}
