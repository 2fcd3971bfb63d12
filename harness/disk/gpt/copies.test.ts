import { crc32 } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { gptDisk, type PlannedPartition } from '../testing/gpt-disk.ts';
import { partitionLabelled, readGptOf, type GptTable } from './table.ts';

const SECTORS = 256;
/** Of a header: UEFI 2.10, table 5-5. */
const FIELDS = {
  ...{ headerBytes: 12, sector: 24, otherCopy: 32, firstUsable: 40, lastUsable: 48, entries: 72 },
  ...{ entryCount: 80, entryBytes: 84, entriesCrc: 88 },
};
type Fields = Partial<Record<keyof typeof FIELDS, number>>;

function partition(
  label: string,
  firstSector: number,
  lastSector: number,
  attributes = 0n,
): PlannedPartition {
  const typeGuid = '5526016a-1a97-4ea4-b39a-b7c8c6ca4502';
  return { label, firstSector, lastSector, attributes, typeGuid, guid: typeGuid.replace('5', '6') };
}

const PLAN = [partition('A', 34, 39), partition('B', 40, 49)];

/** With other values in a header, and the checksums that make it intact. */
function edited(copy: 'primary' | 'backup', fields: Fields, disk = gptDisk(SECTORS, PLAN)): Buffer {
  const header = disk.subarray(...(copy === 'primary' ? [512, 1024] : [disk.length - 512, disk.length]));
  for (const [name, value] of Object.entries(fields)) {
    const offset = FIELDS[name as keyof Fields];
    if (offset >= 24 && offset <= 72) header.writeBigUInt64LE(BigInt(value), offset);
    else header.writeUInt32LE(value, offset);
  }
  header.writeUInt32LE(0, 16);
  header.writeUInt32LE(crc32(header.subarray(0, Math.min(512, header.readUInt32LE(12)))), 16);
  return disk;
}

function read(disk: Buffer): Promise<GptTable> {
  return readGptOf({
    name: 'the disk',
    sizeBytes: disk.length,
    read: (offset, lengthBytes) => disk.subarray(offset, offset + lengthBytes),
  });
}

async function faultsOf(disk: Buffer): Promise<GptTable['faults']> {
  return (await read(disk)).faults;
}

describe('two intact copies', () => {
  test.each([
    ['attributes', [partition('A', 34, 39, 1n), PLAN[1] as PlannedPartition]],
    ['label', [partition('A', 34, 39), partition('C', 40, 49)]],
    ['place', [partition('A', 34, 39), partition('B', 41, 49)]],
    ['number of partitions', [partition('A', 34, 39)]],
  ])('that differ in the %s of one do not agree', async (_what, other) => {
    const disk = gptDisk(SECTORS, PLAN);
    const backupAt = (SECTORS - 33) * 512;
    gptDisk(SECTORS, other).copy(disk, backupAt, backupAt);
    const table = await read(disk);
    expect(table.faults).toEqual({ primary: undefined, backup: undefined });
    expect(table.copiesAgree).toBe(false);
    expect(table.partitions).toEqual((await read(gptDisk(SECTORS, PLAN))).partitions);
  });
});

describe('a disk that is one sector short', () => {
  test('is cut short, and not intact', async () => {
    const disk = gptDisk(SECTORS, PLAN).subarray(0, (SECTORS - 1) * 512);
    await expect(read(disk)).rejects.toThrow(
      /at least 131072 bytes, but this one is cut short at 130560; the backup copy has no "EFI PART"/,
    );
  });

  test('of the smallest kind has no copy at all', async () => {
    await expect(read(Buffer.alloc(1023))).rejects.toThrow(
      /primary copy would lie at sector 1, but the disk has only 1 sectors; the backup copy would lie at sector 0/,
    );
  });
});

test('a disk with a damaged backup copy has not grown', async () => {
  const table = await read(edited('backup', { sector: 1 }));
  expect(table).toMatchObject({ copiesAgree: false, grownBytes: 0, faults: { primary: undefined } });
});

test('a disk that can not be read is no disk without a table', async () => {
  const broken = { name: 'it', sizeBytes: 4096, read: () => Promise.reject(new RangeError('EIO')) };
  await expect(readGptOf(broken)).rejects.toThrow(RangeError);
});

describe('two partitions of one label', () => {
  test('are not one that can be chosen', async () => {
    const table = await read(gptDisk(SECTORS, [partition('A', 34, 39), partition('A', 40, 49)]));
    expect(() => partitionLabelled(table, 'A')).toThrow(
      'The disk has 2 partitions labelled "A", where one is needed; it has 1 "A", 2 "A".',
    );
  });
});

describe('partitions', () => {
  test('may fill the usable area without a gap, to its last sector', async () => {
    const plan = [partition('A', 34, 34), partition('B', 35, SECTORS - 34)];
    const { partitions } = await read(gptDisk(SECTORS, plan));
    expect(partitions.map(({ sizeBytes }) => sizeBytes)).toEqual([512, (SECTORS - 34 - 34) * 512]);
  });

  test.each([
    ['begin before the usable area', 33, 40, /partition 1 the sectors 33 to 40; usable are 34 to 222/],
    ['end behind it', 200, SECTORS - 33, /partition 1 the sectors 200 to 223; usable/],
    ['end before they begin', 50, 49, /partition 1 the sectors 50 to 49/],
  ])('may not %s', async (_how, first, last, message) => {
    await expect(read(gptDisk(SECTORS, [partition('A', first, last)]))).rejects.toThrow(message);
  });

  test('may be in any order, and overlap in none', async () => {
    const later = partition('A', 60, 70);
    const table = await read(gptDisk(SECTORS, [later, partition('B', 50, 59)]));
    expect(table.partitions.map(({ label }) => label)).toEqual(['A', 'B']);
    await expect(read(gptDisk(SECTORS, [later, partition('B', 50, 60)]))).rejects.toThrow(
      'lets partitions 2 and 1 overlap',
    );
  });

  test('may have labels of all 36 characters', async () => {
    const label = 'x'.repeat(36);
    expect(partitionLabelled(await read(gptDisk(SECTORS, [partition(label, 34, 40)])), label).label).toBe(
      label,
    );
  });
});

describe('a header', () => {
  test.each<[string, Fields, string | RegExp]>([
    ['shorter than its fields', { headerBytes: 91 }, 'gives its size as 91 bytes; it must be 92 to 512'],
    ['longer than its sector', { headerBytes: 513 }, 'gives its size as 513 bytes; it must be 92 to 512'],
    ['of another sector', { sector: 2 }, 'says that it is at sector 2, but was read at 1'],
    ['that is its own other copy', { otherCopy: 1 }, 'names itself as the other copy'],
    ['without entries', { entryCount: 0 }, 'describes 0 entries of 128 bytes'],
    ['with too many entries', { entryCount: 1025 }, 'describes 1025 entries of 128 bytes'],
    ['with entries of an odd size', { entryBytes: 127 }, 'describes 128 entries of 127 bytes'],
    [
      'with entries larger than the disk',
      { entries: SECTORS - 31 },
      /at least 131584 bytes.*cut short at 131072/,
    ],
    ['whose usable area is larger', { lastUsable: SECTORS }, /at least 131584 bytes.*cut short at 131072/],
    [
      'whose other copy is behind the end',
      { otherCopy: SECTORS },
      /at least 131584 bytes.*cut short at 131072/,
    ],
    ['with no usable sector', { firstUsable: 223 }, 'leaves no usable sector between its first and last'],
    ['with other entries than it was made for', { entriesCrc: 1 }, 'has a wrong checksum of its entries'],
  ])('%s is refused, and the backup taken', async (_what, fields, fault) => {
    const { faults, partitions, copiesAgree } = await read(edited('primary', fields));
    expect(faults).toEqual({ primary: expect.stringMatching(fault) as string, backup: undefined });
    expect(partitions).toHaveLength(2);
    expect(copiesAgree).toBe(false);
  });

  test.each<[string, Fields]>([
    ['as large as its sector', { headerBytes: 512 }],
    ['with one usable sector', { firstUsable: 222 }],
    ['whose entries end with the disk', { entries: 2 * SECTORS - 32 }],
  ])('%s is intact', async (_what, fields) => {
    const empty = Buffer.concat([gptDisk(SECTORS, []), Buffer.alloc(SECTORS * 512)]);
    expect(await faultsOf(edited('primary', fields, empty))).toEqual({
      primary: undefined,
      backup: undefined,
    });
  });

  test.each([256, 512, 1024, 2048, 4096])('may have entries of %i bytes', async (entryBytes) => {
    const disk = gptDisk(SECTORS, []);
    const entriesCrc = crc32(Buffer.alloc(4 * entryBytes));
    const fields = { entryCount: 4, entryBytes, entriesCrc };
    expect((await faultsOf(edited('primary', fields, disk))).primary).toBeUndefined();
  });

  test('may have a single entry', async () => {
    const fields = { entryCount: 1, entriesCrc: crc32(Buffer.alloc(128)) };
    expect((await faultsOf(edited('primary', fields, gptDisk(SECTORS, [])))).primary).toBeUndefined();
  });

  test('may have 1024 entries', async () => {
    const disk = gptDisk(1024, []);
    const fields = { entryCount: 1024, entriesCrc: crc32(Buffer.alloc(1024 * 128)), entries: 300 };
    expect((await faultsOf(edited('primary', fields, disk))).primary).toBeUndefined();
  });

  test('leads to a backup copy only inside of the disk', async () => {
    const { backup } = await faultsOf(edited('primary', { otherCopy: 0 }));
    expect(backup).toMatch(/would lie at sector 0/);
  });
});
