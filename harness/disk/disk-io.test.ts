import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { describe, expect, test } from 'vitest';

import { diskSizeBytes, flipBit, readRange, writeRange, type DiskFile } from './disk-io.ts';
import { createOverlay } from './overlay.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';

const SIZE = 2 ** 20;

async function baseAndOverlay(): Promise<{ content: Buffer; base: DiskFile; overlay: DiskFile }> {
  const scratch = await scratchDirectory();
  const content = randomBytes(SIZE);
  await writeFile(scratch('base.raw'), content);
  const base = { path: scratch('base.raw'), format: 'raw' } as const;
  return { content, base, overlay: await createOverlay(base, scratch('.'), 'disk') };
}

describe.each(['raw', 'qcow2'] as const)('on a %s disk', (format) => {
  test('a range that is on no sector boundary is written and read back, its neighbours stay', async () => {
    const { content, base, overlay } = await baseAndOverlay();
    const disk = format === 'raw' ? base : overlay;
    await writeRange(disk, 70_001, Buffer.from('hotfire'));
    content.write('hotfire', 70_001);
    expect(await readRange(disk, 69_000, 3000)).toEqual(content.subarray(69_000, 72_000));
    expect(await diskSizeBytes(disk)).toBe(SIZE);
  });

  test('flipBit changes exactly that bit', async () => {
    const { content, base, overlay } = await baseAndOverlay();
    const disk = format === 'raw' ? base : overlay;
    await flipBit(disk, 12_345, 6);
    content.writeUInt8(content.readUInt8(12_345) ^ 0x40, 12_345);
    expect(content.equals(await readRange(disk, 0, SIZE))).toBe(true);
  });

  test('a range beyond the end is refused', async () => {
    const { base, overlay } = await baseAndOverlay();
    const disk = format === 'raw' ? base : overlay;
    await expect(readRange(disk, SIZE - 10, 20)).rejects.toThrow(
      /base.raw ends|"qemu-img" failed|disk.qcow2/,
    );
  });
});

test('an overlay may be larger than its base, which stays as it is', async () => {
  const { base, content } = await baseAndOverlay();
  const directory = (await scratchDirectory())('.');
  const grown = await createOverlay(base, directory, 'grown', { sizeBytes: 3 * SIZE });
  expect(await diskSizeBytes(grown)).toBe(3 * SIZE);
  await writeRange(grown, 2 * SIZE, Buffer.from('new room'));
  expect(content.equals(await readRange(grown, 0, SIZE))).toBe(true);
  expect(content.equals(await readFile(base.path))).toBe(true);
});

test('a disk is read by several at once, from a directory that stays as it is', async () => {
  const { content, overlay } = await baseAndOverlay();
  const before = await readdir(dirname(overlay.path));
  const pieces = await Promise.all([0, 1, 2, 3].map((index) => readRange(overlay, index * 1000, 1000)));
  expect(Buffer.concat(pieces).equals(content.subarray(0, 4000))).toBe(true);
  expect(await readdir(dirname(overlay.path))).toEqual(before);
});

test('writing to an overlay leaves its base as it is', async () => {
  const { content, base, overlay } = await baseAndOverlay();
  await writeRange(overlay, 4096, Buffer.from('changed'));
  await flipBit(overlay, 0, 0);
  expect(content.equals(await readFile(base.path))).toBe(true);
});

test('a bit outside of a byte is refused', async () => {
  const { overlay } = await baseAndOverlay();
  await expect(flipBit(overlay, 0, 8)).rejects.toThrow('Expected a bit from 0 to 7, got 8');
});
