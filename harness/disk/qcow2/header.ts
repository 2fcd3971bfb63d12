/** What of a qcow2 file's header refers to other files, or keeps it from being read (QEMU's docs/interop/qcow2.txt). */
export interface Qcow2Header {
  readonly version: number;
  /** Where the name of the backing file lies; undefined when the disk has none. */
  readonly backingName: { readonly offset: number; readonly lengthBytes: number } | undefined;
  /** As recorded, for example "raw"; undefined when QEMU is to guess it. */
  readonly backingFormat: string | undefined;
  readonly isEncrypted: boolean;
  /** The clusters lie in another file. */
  readonly hasExternalData: boolean;
}

/** Longer ones are refused by QEMU, too. */
const MAX_NAME_BYTES = 1023;
const MIN_HEADER_BYTES = 72;
const EXTERNAL_DATA_BIT = 0x4n;
const EXTENSION = { end: 0, backingFormat: 0xe2792aca };

/**
 * @param start the file's beginning, at least its header and the extensions behind it.
 * @throws {RangeError} when that is too short, or no header.
 */
export function parseQcow2Header(start: Buffer): Qcow2Header {
  const version = start.readUInt32BE(4);
  const offset = Number(start.readBigUInt64BE(8));
  const lengthBytes = start.readUInt32BE(16);
  if (offset !== 0 && (lengthBytes < 1 || lengthBytes > MAX_NAME_BYTES)) {
    throw new RangeError(`a name of ${lengthBytes} bytes for its backing file`);
  }
  const features = version >= 3 ? start.readBigUInt64BE(72) : 0n;
  return {
    version,
    backingName: offset === 0 ? undefined : { offset, lengthBytes },
    backingFormat: readExtension(start, version >= 3 ? start.readUInt32BE(100) : MIN_HEADER_BYTES),
    isEncrypted: start.readUInt32BE(32) !== 0,
    hasExternalData: (features & EXTERNAL_DATA_BIT) !== 0n,
  };
}

function readExtension(start: Buffer, firstByte: number): string | undefined {
  for (let at = firstByte; at + 8 <= start.length;) {
    const [type, lengthBytes] = [start.readUInt32BE(at), start.readUInt32BE(at + 4)];
    if (type === EXTENSION.end) return undefined;
    if (type === EXTENSION.backingFormat) return start.toString('latin1', at + 8, at + 8 + lengthBytes);
    at += 8 + Math.ceil(lengthBytes / 8) * 8;
  }
  return undefined;
}
