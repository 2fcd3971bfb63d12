import { truncate, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { ImageError } from '../../util/errors.ts';
import { which } from '../../process/which.ts';
import { gptDisk, type PlannedPartition } from '../testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { NoGptError, readGpt, type GptTable } from './table.ts';

const SECTORS = 256;
const ESP: PlannedPartition = {
  ...{ label: 'EFI-SYSTEM', typeGuid: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b', attributes: 0n },
  ...{ guid: '00000000-0000-0000-0000-000000000001', firstSector: 40, lastSector: 49 },
};
const SBIN_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

describe.each([512, 4096] as const)('a table of %i-byte sectors', (sectorBytes) => {
  test('is read in bytes', async () => {
    const { table } = await diskFile(gptDisk(SECTORS, [ESP], sectorBytes));
    expect(await table()).toMatchObject({ sectorBytes, grownBytes: 0, copiesAgree: true });
    expect((await table()).partitions[0]).toMatchObject({
      firstByte: 40 * sectorBytes,
      sizeBytes: 10 * sectorBytes,
    });
  });

  test('is found by its backup copy alone', async () => {
    const disk = gptDisk(SECTORS, [ESP], sectorBytes);
    disk.fill(0, sectorBytes, 2 * sectorBytes);
    const table = await (await diskFile(disk)).table();
    expect(table).toMatchObject({ sectorBytes, copiesAgree: false, grownBytes: 0 });
    expect(table.faults).toEqual({ primary: 'has no "EFI PART" signature', backup: undefined });
  });

  test('of a disk that has grown is intact', async () => {
    const { path, table } = await diskFile(gptDisk(SECTORS, [ESP], sectorBytes));
    await truncate(path, 2 * SECTORS * sectorBytes);
    expect(await table()).toMatchObject({
      copiesAgree: true,
      grownBytes: SECTORS * sectorBytes,
      diskSizeBytes: 2 * SECTORS * sectorBytes,
    });
  });

  test('of a grown disk with a damaged primary is lost', async () => {
    const disk = gptDisk(SECTORS, [ESP], sectorBytes);
    disk.writeUInt8(disk.readUInt8(sectorBytes + 60) ^ 1, sectorBytes + 60);
    const { path, table } = await diskFile(disk);
    await truncate(path, 2 * SECTORS * sectorBytes);
    const error: unknown = await table().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageError);
    expect(error).not.toBeInstanceOf(NoGptError);
    expect(String(error)).toMatch(
      /primary copy has a wrong header checksum; the backup copy has no "EFI PART"/,
    );
  });

  test('names the bytes of a disk that is cut short', async () => {
    const disk = gptDisk(SECTORS, [ESP], sectorBytes);
    const { table } = await diskFile(disk.subarray(0, 100 * sectorBytes));
    await expect(table()).rejects.toThrow(
      `describes a disk of at least ${SECTORS * sectorBytes} bytes, but this one is cut short at ${100 * sectorBytes}`,
    );
  });
});

test('a copy that names itself as the other one is damaged', async () => {
  const disk = gptDisk(SECTORS, [ESP]);
  const header = disk.subarray(512, 512 + 92);
  header.writeBigUInt64LE(1n, 32);
  header.writeUInt32LE(0, 16);
  header.writeUInt32LE(crc32(header), 16);
  await expect((await diskFile(disk)).table()).resolves.toMatchObject({
    copiesAgree: false,
    faults: { primary: 'names itself as the other copy' },
  });
});

test('a disk without a signature has no GPT', async () => {
  for (const bytes of [0, 100, 4096, 100_000]) {
    const { table } = await diskFile(Buffer.alloc(bytes));
    await expect(table()).rejects.toThrow(NoGptError);
  }
});

/** Not on every host, since nothing but this test needs it. */
const fdisk = await which('fdisk', SBIN_PATH);

test.skipIf(fdisk === undefined)('agrees with fdisk about 4096-byte sectors', async () => {
  const { path, table } = await diskFile(Buffer.alloc(16 * 2 ** 20));
  const add = (number: number, first: number, size: number): string => `n\n${number}\n${first}\n+${size}M`;
  const script = [
    'g',
    add(1, 256, 2),
    't',
    'uefi',
    add(5, 768, 3),
    'x',
    'n',
    '1',
    'EFI-SYSTEM',
    'r',
    'w',
    '',
  ];
  await execa(String(fdisk), ['--sector-size', '4096', path], { input: script.join('\n') });
  const { partitions, ...rest } = await table();
  expect(rest).toMatchObject({ sectorBytes: 4096, copiesAgree: true, grownBytes: 0 });
  expect(partitions).toMatchObject([
    { number: 1, label: 'EFI-SYSTEM', firstByte: 2 ** 20, sizeBytes: 2 * 2 ** 20, typeGuid: ESP.typeGuid },
    { number: 5, label: '', firstByte: 3 * 2 ** 20, sizeBytes: 3 * 2 ** 20 },
  ]);
});

async function diskFile(bytes: Buffer): Promise<{ path: string; table: () => Promise<GptTable> }> {
  const path = (await scratchDirectory())('disk.img');
  await writeFile(path, bytes);
  return { path, table: () => readGpt({ path, format: 'raw' }) };
}
