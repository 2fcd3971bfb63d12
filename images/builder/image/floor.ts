import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Workbench } from '../sdk/workbench.ts';
import { deriveUuid } from './derived-ids.ts';

/** Makes `floor.img`, the root of the machine that boots are measured against: one program, which the kernel starts. */
export async function makeFloor(bench: Workbench, seed: string, epochSeconds: number): Promise<void> {
  await mkdir(join(bench.directory, 'floor'));
  await copyFile(join(bench.directory, 'floor-init'), join(bench.directory, 'floor/init'));
  await bench.run('makes the root of the floor', [
    'mkfs.erofs',
    `-T${epochSeconds}`,
    `-U${deriveUuid(seed, 'floor')}`,
    '--all-root',
    // No extended attributes: the host's, such as SELinux labels, are none of the image's.
    '-x-1',
    'floor.img',
    'floor',
  ]);
}
