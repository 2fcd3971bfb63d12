import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { changedRanges } from './changed-ranges.ts';
import { copyRange, readRange, writeRange, type Disk } from './disk-io.ts';
import type { Partition } from './gpt/entries.ts';

const PIECE_BYTES = 16 * 2 ** 20;

/**
 * Changes the content of a partition of a disk that no machine has open. Of the disk only the blocks that changed are
 * written.
 *
 * @param edit gets the path of a copy of the partition, sparse, in the disk's directory.
 */
export async function editPartition(
  disk: Disk,
  { firstByte, sizeBytes, number }: Partition,
  edit: (file: string) => Promise<void>,
): Promise<void> {
  const before = join(dirname(disk.path), `partition-${number}.before`);
  const after = join(dirname(disk.path), `partition-${number}.after`);
  try {
    for (const copy of [before, after]) await copyRange(disk, firstByte, sizeBytes, copy);
    await edit(after);
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const lengthBytes = Math.min(PIECE_BYTES, sizeBytes - at);
      const [old, edited] = await Promise.all([
        readRange(rawFile(before), at, lengthBytes),
        readRange(rawFile(after), at, lengthBytes),
      ]);
      for (const { offset, bytes } of changedRanges(old, edited)) {
        await writeRange(disk, firstByte + at + offset, bytes);
      }
    }
  } finally {
    for (const copy of [before, after]) await rm(copy, { force: true });
  }
}

function rawFile(path: string): Disk {
  return { path, format: 'raw' };
}
