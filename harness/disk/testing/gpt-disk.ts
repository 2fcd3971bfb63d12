import { crc32 } from 'node:zlib';

export interface PlannedPartition {
  readonly label: string;
  readonly typeGuid: string;
  readonly guid: string;
  readonly firstSector: number;
  readonly lastSector: number;
  readonly attributes: bigint;
}

export const GPT_AREA = { firstUsableSector: 34, backupSectors: 33 };

/** A raw disk with both copies of a partition table, written independently of the reader under test. */
export function gptDisk(
  sectors: number,
  partitions: readonly PlannedPartition[],
  sectorBytes: 512 | 4096 = 512,
): Buffer {
  const disk = Buffer.alloc(sectors * sectorBytes);
  const entries = Buffer.alloc(128 * 128);
  partitions.forEach((partition, index) => {
    writeEntry(entries.subarray(index * 128), partition);
  });
  const backupSector = sectors - 1;
  const copies = [
    { at: 1, other: backupSector, entriesAt: 2 },
    { at: backupSector, other: 1, entriesAt: backupSector - entries.length / sectorBytes },
  ];
  for (const { at, other, entriesAt } of copies) {
    entries.copy(disk, entriesAt * sectorBytes);
    header(sectors, at, other, entriesAt, crc32(entries)).copy(disk, at * sectorBytes);
  }
  return disk;
}

function header(sectors: number, at: number, other: number, entriesAt: number, entriesCrc: number): Buffer {
  const bytes = Buffer.alloc(92);
  bytes.write('EFI PART', 'latin1');
  bytes.writeUInt32LE(0x10000, 8);
  bytes.writeUInt32LE(92, 12);
  bytes.writeBigUInt64LE(BigInt(at), 24);
  bytes.writeBigUInt64LE(BigInt(other), 32);
  bytes.writeBigUInt64LE(BigInt(GPT_AREA.firstUsableSector), 40);
  bytes.writeBigUInt64LE(BigInt(sectors - 1 - GPT_AREA.backupSectors), 48);
  writeGuid(bytes, 56, '11111111-2222-3333-4444-555555555555');
  bytes.writeBigUInt64LE(BigInt(entriesAt), 72);
  bytes.writeUInt32LE(128, 80);
  bytes.writeUInt32LE(128, 84);
  bytes.writeUInt32LE(entriesCrc, 88);
  bytes.writeUInt32LE(crc32(bytes), 16);
  return bytes;
}

function writeEntry(entry: Buffer, partition: PlannedPartition): void {
  writeGuid(entry, 0, partition.typeGuid);
  writeGuid(entry, 16, partition.guid);
  entry.writeBigUInt64LE(BigInt(partition.firstSector), 32);
  entry.writeBigUInt64LE(BigInt(partition.lastSector), 40);
  entry.writeBigUInt64LE(partition.attributes, 48);
  entry.write(partition.label.slice(0, 36), 56, 'utf16le');
}

function writeGuid(bytes: Buffer, offset: number, text: string): void {
  const [low = '', mid = '', high = '', clock = '', node = ''] = text.split('-');
  bytes.writeUInt32LE(Number.parseInt(low, 16), offset);
  bytes.writeUInt16LE(Number.parseInt(mid, 16), offset + 4);
  bytes.writeUInt16LE(Number.parseInt(high, 16), offset + 6);
  bytes.write(clock + node, offset + 8, 'hex');
}
