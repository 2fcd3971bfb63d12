const HEADER_BYTES = 8;

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Takes apart what a container without terminal has printed: pieces with a header of eight bytes, the first of which says
 * whether it is stdout (1) or stderr (2), the last four the piece's length.
 *
 * @returns without the last piece, if that is cut off.
 */
export function splitOutput(bytes: Buffer): Output {
  const pieces: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let rest = bytes;
  while (rest.length >= HEADER_BYTES) {
    const end = HEADER_BYTES + rest.readUInt32BE(4);
    if (rest.length < end) break;
    pieces[rest[0] === 2 ? 'stderr' : 'stdout'].push(rest.subarray(HEADER_BYTES, end));
    rest = rest.subarray(end);
  }
  return {
    stdout: Buffer.concat(pieces.stdout).toString(),
    stderr: Buffer.concat(pieces.stderr).toString(),
  };
}
