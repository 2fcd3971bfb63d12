import { crc32 } from 'node:zlib';

import { GptFault, type GptHeader, type SectorBytes } from './header.ts';
import { readGuid } from './guid.ts';

/** One used entry of a partition table (UEFI 2.10, table 5-6). */
export interface Partition {
  /** Counted from 1, as in /dev/vda1. */
  readonly number: number;
  readonly label: string;
  /** Lower-case text form, as are all GUIDs here. */
  readonly typeGuid: string;
  readonly guid: string;
  readonly firstByte: number;
  readonly sizeBytes: number;
  readonly attributes: bigint;
}

const UNUSED = '00000000-0000-0000-0000-000000000000';
const LABEL = { offset: 56, bytes: 72 };

/**
 * @param bytes the whole entry array of `header`.
 * @throws {GptFault} when the checksum is wrong, or a partition is outside of the usable area or overlaps another one.
 */
export function parseGptEntries(bytes: Buffer, header: GptHeader, sectorBytes: SectorBytes): Partition[] {
  if (crc32(bytes) !== header.entriesCrc32) throw new GptFault('has a wrong checksum of its entries');
  const partitions: Partition[] = [];
  for (let index = 0; index < header.entryCount; index += 1) {
    const entry = bytes.subarray(index * header.entryBytes, (index + 1) * header.entryBytes);
    if (readGuid(entry, 0) === UNUSED) continue;
    partitions.push(parseEntry(entry, index + 1, header, sectorBytes));
  }
  checkOverlap(partitions);
  return partitions;
}

function parseEntry(entry: Buffer, number: number, header: GptHeader, sectorBytes: SectorBytes): Partition {
  const first = entry.readBigUInt64LE(32);
  const last = entry.readBigUInt64LE(40);
  if (first < header.firstUsableSector || last > header.lastUsableSector || first > last) {
    throw new GptFault(
      `gives partition ${number} the sectors ${first} to ${last}; ` +
        `usable are ${header.firstUsableSector} to ${header.lastUsableSector}`,
    );
  }
  return {
    number,
    label: readLabel(entry),
    typeGuid: readGuid(entry, 0),
    guid: readGuid(entry, 16),
    firstByte: Number(first) * sectorBytes,
    sizeBytes: (Number(last) - Number(first) + 1) * sectorBytes,
    attributes: entry.readBigUInt64LE(48),
  };
}

function readLabel(entry: Buffer): string {
  const text = entry.toString('utf16le', LABEL.offset, LABEL.offset + LABEL.bytes);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

function checkOverlap(partitions: readonly Partition[]): void {
  const byPlace = partitions.toSorted((a, b) => a.firstByte - b.firstByte);
  byPlace.reduce<Partition | undefined>((before, next) => {
    if (before !== undefined && before.firstByte + before.sizeBytes > next.firstByte) {
      throw new GptFault(`lets partitions ${before.number} and ${next.number} overlap`);
    }
    return next;
  }, undefined);
}
