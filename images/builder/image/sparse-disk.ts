import { open, type FileHandle } from 'node:fs/promises';

import type { Extent } from './gpt.ts';

const BLOCK_BYTES = 65_536;

/** The content of one partition: the file begins where the partition does. */
export interface Placement {
  readonly file: string;
  readonly offsetBytes: number;
}

/** Writes a raw disk in which everything that is zero is a hole. */
export async function writeSparseDisk(
  path: string,
  sizeBytes: number,
  extents: readonly Extent[],
  placements: readonly Placement[],
): Promise<void> {
  await using disk = await open(path, 'wx');
  await disk.truncate(sizeBytes);
  for (const { offsetBytes, bytes } of extents) await disk.write(bytes, 0, bytes.length, offsetBytes);
  for (const placement of placements) await copyNonZero(placement, disk);
}

async function copyNonZero({ file, offsetBytes }: Placement, disk: FileHandle): Promise<void> {
  await using source = await open(file, 'r');
  const block = Buffer.alloc(BLOCK_BYTES);
  const zeros = Buffer.alloc(BLOCK_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await source.read(block, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) return;
    if (block.compare(zeros, 0, bytesRead, 0, bytesRead) !== 0) {
      await disk.write(block, 0, bytesRead, offsetBytes + position);
    }
    position += bytesRead;
  }
}
