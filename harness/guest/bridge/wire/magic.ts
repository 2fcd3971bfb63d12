/** Marks a beginning. Why it looks as it does: docs/bridge-protocol.md, "Bytes". */
export const MAGIC = Buffer.from('f7b09dc8ff9ae28bd4a7fe86cb91bde9', 'hex');

const FIRST_BYTE = 0xf7;

/** How many bytes at the end of `bytes` could be the beginning of a magic that is still arriving. */
export function heldBackBytes(bytes: Buffer): number {
  const tail = bytes.subarray(Math.max(0, bytes.length - MAGIC.length + 1));
  // The magic's bytes are all different, so only the last F7 can begin one.
  const at = tail.lastIndexOf(FIRST_BYTE);
  if (at === -1) return 0;
  const candidate = tail.subarray(at);
  return candidate.equals(MAGIC.subarray(0, candidate.length)) ? candidate.length : 0;
}
