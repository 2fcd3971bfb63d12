import { join, resolve } from 'node:path';

import type { DiskFile } from './disk-io.ts';
import { runHostTool } from '../process/host-tool.ts';

/**
 * A new qcow2 file in `directory` that takes every write, so that `base` is never written and any number of machines
 * can start from it at once.
 *
 * @param name the file's name without extension.
 * @param options.sizeBytes of the disk that a guest sees, which may be larger than its base; the base need not be there
 *   before the overlay is used. Default: that of the base.
 */
export async function createOverlay(
  base: DiskFile,
  directory: string,
  name: string,
  { sizeBytes }: { readonly sizeBytes?: number } = {},
): Promise<DiskFile> {
  const path = join(directory, `${name}.qcow2`);
  await runHostTool('qemu-img', [
    ...['create', '-q', '-f', 'qcow2'],
    ...['-b', resolve(base.path), '-F', base.format],
    ...(sizeBytes === undefined ? [path] : ['-u', path, String(sizeBytes)]),
  ]);
  return { path, format: 'qcow2' };
}
