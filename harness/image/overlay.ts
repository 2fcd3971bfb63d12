import { join, resolve } from 'node:path';

import type { DiskFile } from './disk-io.ts';
import { runHostTool } from './host-tool.ts';

/**
 * A new qcow2 file in `directory` that takes every write, so that `base` is never written and any number of machines
 * can start from it at once.
 *
 * @param name the file's name without extension.
 */
export async function createOverlay(base: DiskFile, directory: string, name: string): Promise<DiskFile> {
  const path = join(directory, `${name}.qcow2`);
  await runHostTool('qemu-img', [
    ...['create', '-q', '-f', 'qcow2'],
    ...['-b', resolve(base.path), '-F', base.format],
    path,
  ]);
  return { path, format: 'qcow2' };
}
