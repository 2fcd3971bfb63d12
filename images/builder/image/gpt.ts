import { crc32 } from 'node:zlib';

export const SECTOR_BYTES = 512;

const ENTRY_COUNT = 128;
const ENTRY_BYTES = 128;
const HEADER_BYTES = 92;
const FIRST_ENTRIES_SECTOR = 2;
/** In UTF-16 code units. */
const MAX_LABEL = 36;

export interface GptPartition {
  readonly label: string;
  readonly typeGuid: string;
  readonly guid: string;
  readonly firstSector: number;
  readonly sectors: number;
  readonly attributes: bigint;
}

/** A piece of a disk, to be written at its place. */
export interface Extent {
  readonly offsetBytes: number;
  readonly bytes: Buffer;
}

/**
 * Protective MBR and both copies of a partition table (UEFI 2.10, section 5). Partitions get the numbers 1, 2, …
 *
 * @param sectorBytes size of the disk's logical sectors.
 */
export function encodeGpt(
  diskSectors: number,
  diskGuid: string,
  partitions: readonly GptPartition[],
  sectorBytes = SECTOR_BYTES,
): Extent[] {
  const entries = encodeEntries(partitions);
  const entriesSectors = entries.length / sectorBytes;
  const lastSector = diskSectors - 1;
  const header = (sector: number, other: number, entriesSector: number): Buffer =>
    encodeHeader({
      sector,
      other,
      entriesSector,
      firstUsable: FIRST_ENTRIES_SECTOR + entriesSectors,
      lastUsable: lastSector - entriesSectors - 1,
      diskGuid,
      entries,
      sectorBytes,
    });
  const at = (sector: number, bytes: Buffer): Extent => ({ offsetBytes: sector * sectorBytes, bytes });
  return [
    at(0, encodeProtectiveMbr(diskSectors, sectorBytes)),
    at(1, header(1, lastSector, FIRST_ENTRIES_SECTOR)),
    at(FIRST_ENTRIES_SECTOR, entries),
    at(lastSector - entriesSectors, entries),
    at(lastSector, header(lastSector, 1, lastSector - entriesSectors)),
  ];
}

function encodeEntries(partitions: readonly GptPartition[]): Buffer {
  const bytes = Buffer.alloc(ENTRY_COUNT * ENTRY_BYTES);
  for (const [index, partition] of partitions.entries()) {
    if (partition.label.length > MAX_LABEL) {
      throw new RangeError(`Expected a label of at most ${MAX_LABEL} characters, got "${partition.label}".`);
    }
    const offset = index * ENTRY_BYTES;
    encodeGuid(partition.typeGuid).copy(bytes, offset);
    encodeGuid(partition.guid).copy(bytes, offset + 16);
    bytes.writeBigUInt64LE(BigInt(partition.firstSector), offset + 32);
    bytes.writeBigUInt64LE(BigInt(partition.firstSector + partition.sectors - 1), offset + 40);
    bytes.writeBigUInt64LE(partition.attributes, offset + 48);
    bytes.write(partition.label, offset + 56, 'utf16le');
  }
  return bytes;
}

interface HeaderFields {
  readonly sector: number;
  readonly other: number;
  readonly entriesSector: number;
  readonly firstUsable: number;
  readonly lastUsable: number;
  readonly diskGuid: string;
  readonly entries: Buffer;
  readonly sectorBytes: number;
}

function encodeHeader(fields: HeaderFields): Buffer {
  const bytes = Buffer.alloc(fields.sectorBytes);
  bytes.write('EFI PART', 0, 'latin1');
  bytes.writeUInt32LE(0x0001_0000, 8);
  bytes.writeUInt32LE(HEADER_BYTES, 12);
  bytes.writeBigUInt64LE(BigInt(fields.sector), 24);
  bytes.writeBigUInt64LE(BigInt(fields.other), 32);
  bytes.writeBigUInt64LE(BigInt(fields.firstUsable), 40);
  bytes.writeBigUInt64LE(BigInt(fields.lastUsable), 48);
  encodeGuid(fields.diskGuid).copy(bytes, 56);
  bytes.writeBigUInt64LE(BigInt(fields.entriesSector), 72);
  bytes.writeUInt32LE(ENTRY_COUNT, 80);
  bytes.writeUInt32LE(ENTRY_BYTES, 84);
  bytes.writeUInt32LE(crc32(fields.entries), 88);
  // The checksum covers the header with its own field still zero.
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES)), 16);
  return bytes;
}

/** One partition over the whole disk that keeps tools without knowledge of GPT away (UEFI 2.10, table 5-4). */
function encodeProtectiveMbr(diskSectors: number, sectorBytes: number): Buffer {
  const bytes = Buffer.alloc(sectorBytes);
  bytes.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 446);
  bytes.writeUInt32LE(1, 454);
  bytes.writeUInt32LE(Math.min(diskSectors - 1, 0xffff_ffff), 458);
  bytes.writeUInt16BE(0x55aa, 510);
  return bytes;
}

/** The first three fields of a GUID are little-endian on the disk (UEFI 2.10, appendix A). */
function encodeGuid(guid: string): Buffer {
  const [low = '', mid = '', high = '', clock = '', node = ''] = guid.split('-');
  const reversed = [low, mid, high].map((field) => Buffer.from(field, 'hex').reverse());
  return Buffer.concat([...reversed, Buffer.from(clock + node, 'hex')]);
}
