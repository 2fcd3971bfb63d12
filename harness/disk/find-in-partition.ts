import { ImageError } from '../util/errors.ts';
import { readRange, type Disk } from './disk-io.ts';
import type { Partition } from './gpt/entries.ts';

const WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Where on the disk the first occurrence of `text` in a partition is, in bytes. Finds what is stored as it is; a
 * compressed file system keeps small files and incompressible blocks so.
 *
 * @throws {ImageError} when there is no such partition, or no such text in it.
 */
export async function findInPartition(
  disk: Disk,
  partitions: readonly Partition[],
  label: string,
  text: string,
): Promise<number> {
  const partition = partitions.find((one) => one.label === label);
  if (partition === undefined) throw new ImageError(`The image has no partition labelled ${label}.`);
  const needle = Buffer.from(text);
  const end = partition.firstByte + partition.sizeBytes;
  // Windows overlap, so that a text that crosses their border is found too.
  for (let start = partition.firstByte; start < end; start += WINDOW_BYTES - needle.length) {
    const window = await readRange(disk, start, Math.min(WINDOW_BYTES, end - start));
    const found = window.indexOf(needle);
    if (found !== -1) return start + found;
  }
  throw new ImageError(`The partition ${label} does not hold the text ${JSON.stringify(text)} uncompressed.`);
}
