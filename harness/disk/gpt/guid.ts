/**
 * The text form of a GUID as UEFI stores it (UEFI 2.10, appendix A): the first three fields are little-endian, the last
 * two are bytes in order.
 *
 * @param bytes the buffer that holds the 16 bytes at `offset`.
 */
export function readGuid(bytes: Buffer, offset: number): string {
  const timeLow = bytes.readUInt32LE(offset).toString(16).padStart(8, '0');
  const timeMid = bytes
    .readUInt16LE(offset + 4)
    .toString(16)
    .padStart(4, '0');
  const timeHigh = bytes
    .readUInt16LE(offset + 6)
    .toString(16)
    .padStart(4, '0');
  const clock = bytes.toString('hex', offset + 8, offset + 10);
  const node = bytes.toString('hex', offset + 10, offset + 16);
  return `${timeLow}-${timeMid}-${timeHigh}-${clock}-${node}`;
}
