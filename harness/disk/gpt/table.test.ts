import { writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { partitionLabelled, readGpt, type GptTable } from './table.ts';
import { gptDisk, type PlannedPartition } from '../testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';

const SECTORS = 2048;

const partitions: fc.Arbitrary<PlannedPartition[]> = fc
  .array(
    fc.record({
      label: fc.stringMatching(/^[A-Z][A-Z-]{0,20}$/),
      typeGuid: fc.uuid(),
      guid: fc.uuid(),
      sectors: fc.integer({ min: 1, max: 100 }),
      gap: fc.integer({ min: 0, max: 20 }),
      attributes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
    { minLength: 1, maxLength: 13 },
  )
  .map((wanted) => {
    let next = 34;
    return wanted.map(({ sectors, gap, ...partition }) => {
      const firstSector = next + gap;
      next = firstSector + sectors;
      return { ...partition, firstSector, lastSector: next - 1 };
    });
  });

describe('readGpt', () => {
  test('reads back any table, from both copies', async () => {
    const scratch = await scratchDirectory();
    await fc.assert(
      fc.asyncProperty(partitions, async (planned) => {
        const table = await readGptOf(scratch('disk'), gptDisk(SECTORS, planned));
        expect(table.copiesAgree).toBe(true);
        expect(table.partitions).toEqual(
          planned.map(({ firstSector, lastSector, ...rest }, index) => ({
            ...rest,
            number: index + 1,
            firstByte: firstSector * 512,
            sizeBytes: (lastSector - firstSector + 1) * 512,
          })),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('sees any flipped bit of a copy, and takes the table from the other one', async () => {
    const scratch = await scratchDirectory();
    const primary = fc.oneof(
      fc.integer({ min: 512, max: 512 + 91 }),
      fc.integer({ min: 1024, max: 34 * 512 - 1 }),
    );
    const property = fc.asyncProperty(
      partitions,
      primary,
      fc.nat(7),
      fc.boolean(),
      async (planned, place, bit, hitBackup) => {
        const disk = gptDisk(SECTORS, planned);
        const good = await readGptOf(scratch('disk'), disk);
        const offset = hitBackup ? mirrored(place) : place;
        disk.writeUInt8(disk.readUInt8(offset) ^ (1 << bit), offset);
        const table = await readGptOf(scratch('disk'), disk);
        expect(table.partitions).toEqual(good.partitions);
        expect(table.copiesAgree).toBe(false);
        expect(table.faults[hitBackup ? 'backup' : 'primary']).toMatch(/\w+/);
        expect(table.faults[hitBackup ? 'primary' : 'backup']).toBeUndefined();
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test('never throws anything but an ImageError for noise', async () => {
    const scratch = await scratchDirectory();
    const noise = fc.uint8Array({ minLength: 0, maxLength: 4096 });
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        await expect(readGptOf(scratch('disk'), Buffer.from(bytes))).rejects.toThrow(
          /has no intact partition table/,
        );
      }),
      { numRuns: 30 },
    );
  });

  test('refuses a partition outside of the usable area and overlapping ones', async () => {
    const scratch = await scratchDirectory();
    const at = (firstSector: number, lastSector: number): PlannedPartition => ({
      ...{ label: 'X', attributes: 0n, firstSector, lastSector },
      ...{ typeGuid: '5526016a-1a97-4ea4-b39a-b7c8c6ca4502', guid: '00000000-0000-0000-0000-000000000001' },
    });
    await expect(readGptOf(scratch('disk'), gptDisk(SECTORS, [at(33, 40)]))).rejects.toThrow(
      /sectors 33 to 40/,
    );
    await expect(readGptOf(scratch('disk'), gptDisk(SECTORS, [at(50, 60), at(60, 70)]))).rejects.toThrow(
      /lets partitions 1 and 2 overlap/,
    );
  });

  test('agrees with sgdisk', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('disk'), Buffer.alloc(8 * 2 ** 20));
    await execa('sgdisk', [
      ...['-n', '1:2048:+1M', '-t', '1:6b636168-7420-6568-2070-6c616e657421', '-c', '1:BOTTLEROCKET-BOOT-A'],
      ...['-u', '1:5b94e8df-28b8-485c-9d19-362263b5944c', '-A', '1:set:48', '-A', '1:set:56'],
      ...['-n', '12:0:+2M', '-t', '12:440408bb-eb0b-4328-a6e5-a29038fad706', '-c', '12:PRIVATE ü'],
      scratch('disk'),
    ]);
    const table = await readGpt({ path: scratch('disk'), format: 'raw' });
    expect(table.faults).toEqual({ primary: undefined, backup: undefined });
    expect(table.partitions[0]).toEqual({
      ...{ number: 1, label: 'BOTTLEROCKET-BOOT-A', typeGuid: '6b636168-7420-6568-2070-6c616e657421' },
      ...{ guid: '5b94e8df-28b8-485c-9d19-362263b5944c', firstByte: 2 ** 20, sizeBytes: 2 ** 20 },
      attributes: 0x0101000000000000n,
    });
    expect(partitionLabelled(table, 'PRIVATE ü')).toMatchObject({ number: 12, firstByte: 2 * 2 ** 20 });
    expect(() => partitionLabelled(table, 'DATA')).toThrow(
      /0 partitions labelled "DATA".*1 "BOTTLEROCKET-BOOT-A"/,
    );
  });
});

async function readGptOf(path: string, disk: Buffer): Promise<GptTable> {
  await writeFile(path, disk);
  return readGpt({ path, format: 'raw' });
}

/** The same byte of the other copy: its header is the last sector, its entries the 32 before. */
function mirrored(offset: number): number {
  const backupHeader = (SECTORS - 1) * 512;
  return offset < 1024 ? backupHeader + offset - 512 : backupHeader - 32 * 512 + offset - 1024;
}
