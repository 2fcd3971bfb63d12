/** The block size of the file systems concerned; smaller changes are written as whole blocks. */
const BLOCK_BYTES = 4096;

export interface ChangedRange {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The runs of blocks in which two buffers of the same size differ, with the content of `after`. */
export function changedRanges(before: Buffer, after: Buffer): ChangedRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (let start = 0; start < after.length; start += BLOCK_BYTES) {
    const end = Math.min(start + BLOCK_BYTES, after.length);
    if (before.subarray(start, end).equals(after.subarray(start, end))) continue;
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges.map(({ start, end }) => ({ offset: start, bytes: after.subarray(start, end) }));
}
