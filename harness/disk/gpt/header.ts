import { crc32 } from 'node:zlib';

import { readGuid } from './guid.ts';

/** The logical sector sizes of disks. Both are tried, the usual one first: a disk file does not record its own. */
export const SECTOR_SIZES = [512, 4096] as const;
export type SectorBytes = (typeof SECTOR_SIZES)[number];

/** The disk that a table describes. */
export interface Geometry {
  readonly sectorBytes: SectorBytes;
  readonly sectors: number;
}

const SIGNATURE = 'EFI PART';

/** Far above the 128 entries of real tables; a corrupt header must not make a reader allocate gigabytes. */
const MAX_ENTRIES = 1024;
const ENTRY_SIZES = [128, 256, 512, 1024, 2048, 4096];
const MIN_HEADER_BYTES = 92;

/** A GPT header whose own checksum and bounds hold (UEFI 2.10, table 5-5). Addresses are sectors. */
export interface GptHeader {
  readonly sector: number;
  readonly otherCopySector: number;
  readonly firstUsableSector: number;
  readonly lastUsableSector: number;
  readonly diskGuid: string;
  readonly entriesSector: number;
  readonly entryCount: number;
  readonly entryBytes: number;
  readonly entriesCrc32: number;
}

/** Why a copy of the table can't be used; `readGpt` turns it into an answer, it does not leave harness/image. */
export class GptFault extends Error {
  /** There is a copy of a table, though a damaged one. */
  readonly signed: boolean;

  constructor(message: string, { signed = true }: { readonly signed?: boolean } = {}) {
    super(message);
    this.signed = signed;
  }
}

/**
 * @param bytes the sector that lies at `sector`.
 * @param disk everything that the header names must lie within it.
 * @throws {GptFault}
 */
export function parseGptHeader(bytes: Buffer, sector: number, disk: Geometry): GptHeader {
  if (bytes.toString('latin1', 0, 8) !== SIGNATURE) {
    throw new GptFault(`has no "${SIGNATURE}" signature`, { signed: false });
  }
  const headerBytes = bytes.readUInt32LE(12);
  if (headerBytes < MIN_HEADER_BYTES || headerBytes > disk.sectorBytes) {
    throw new GptFault(
      `gives its size as ${headerBytes} bytes; it must be ${MIN_HEADER_BYTES} to ${disk.sectorBytes}`,
    );
  }
  const checked = Buffer.from(bytes.subarray(0, headerBytes));
  checked.writeUInt32LE(0, 16);
  if (crc32(checked) !== bytes.readUInt32LE(16)) throw new GptFault('has a wrong header checksum');
  const header = {
    sector: sectorAt(bytes, 24),
    otherCopySector: sectorAt(bytes, 32),
    firstUsableSector: sectorAt(bytes, 40),
    lastUsableSector: sectorAt(bytes, 48),
    diskGuid: readGuid(bytes, 56),
    entriesSector: sectorAt(bytes, 72),
    entryCount: bytes.readUInt32LE(80),
    entryBytes: bytes.readUInt32LE(84),
    entriesCrc32: bytes.readUInt32LE(88),
  };
  checkBounds(header, sector, disk);
  return header;
}

export function entriesSizeBytes(header: GptHeader): number {
  return header.entryCount * header.entryBytes;
}

function checkBounds(header: GptHeader, sector: number, { sectorBytes, sectors }: Geometry): void {
  if (header.sector !== sector) {
    throw new GptFault(`says that it is at sector ${header.sector}, but was read at ${sector}`);
  }
  if (header.otherCopySector === sector) throw new GptFault('names itself as the other copy');
  if (header.entryCount < 1 || header.entryCount > MAX_ENTRIES || !ENTRY_SIZES.includes(header.entryBytes)) {
    throw new GptFault(`describes ${header.entryCount} entries of ${header.entryBytes} bytes`);
  }
  const entriesEnd = header.entriesSector + Math.ceil(entriesSizeBytes(header) / sectorBytes);
  const furthest = Math.max(header.otherCopySector, header.lastUsableSector, entriesEnd - 1);
  if (furthest >= sectors) {
    throw new GptFault(
      `describes a disk of at least ${(furthest + 1) * sectorBytes} bytes, but this one is cut short at ${sectors * sectorBytes}`,
    );
  }
  if (header.firstUsableSector > header.lastUsableSector) {
    throw new GptFault('leaves no usable sector between its first and last');
  }
}

/** Sector numbers beyond 2^53 are out of the bounds of any disk, so losing their low digits changes no verdict. */
function sectorAt(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset));
}
