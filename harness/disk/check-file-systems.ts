import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { copyRange, type Disk } from './disk-io.ts';
import { isExt4 } from './ext4/detect.ts';
import { preenExt4 } from './ext4/repair.ts';
import type { Partition } from './gpt/entries.ts';

export interface CheckedFileSystem {
  readonly partition: Partition;
  /** What the checker could not repair without a loss; undefined when it is whole. */
  readonly fault: string | undefined;
}

/**
 * Checks the ext4 file systems of a disk that no machine has open, on copies next to the disk: journals are replayed first, as
 * a mount would.
 *
 * @returns one entry for each ext4 file system; other kinds can't be checked.
 * @throws {InfrastructureError} when a tool of the host fails.
 */
export async function checkFileSystems(
  disk: Disk,
  partitions: readonly Partition[],
): Promise<CheckedFileSystem[]> {
  const checked: CheckedFileSystem[] = [];
  for (const partition of partitions) {
    if (!(await isExt4(disk, partition))) continue;
    const copy = join(dirname(disk.path), `check-${partition.number}.ext4`);
    try {
      await copyRange(disk, partition.firstByte, partition.sizeBytes, copy);
      checked.push({ partition, fault: await preenExt4(copy) });
    } finally {
      await rm(copy, { force: true });
    }
  }
  return checked;
}
