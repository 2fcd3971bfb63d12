import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Partition } from './gpt/entries.ts';
import { findInPartition } from './find-in-partition.ts';

const MIB = 1024 * 1024;
const partition = { label: 'ROOT', firstByte: MIB, sizeBytes: 20 * MIB } as Partition;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'search-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function diskWith(text: string, atByte: number): Promise<{ path: string; format: 'raw' }> {
  const path = join(directory, 'disk.raw');
  const bytes = Buffer.alloc(22 * MIB);
  bytes.write(text, atByte);
  await writeFile(path, bytes);
  return { path, format: 'raw' };
}

test.each([MIB, 5 * MIB + 1, 17 * MIB - 3, 21 * MIB - 6])('finds what is at byte %i', async (at) => {
  const disk = await diskWith('needle', at);
  expect(await findInPartition(disk, [partition], 'ROOT', 'needle')).toBe(at);
});

test.each([MIB - 6, 21 * MIB - 5])('does not find what is outside, at byte %i', async (at) => {
  const disk = await diskWith('needle', at);
  await expect(findInPartition(disk, [partition], 'ROOT', 'needle')).rejects.toThrow('does not hold');
});

test('names a partition that is missing', async () => {
  const disk = await diskWith('', 0);
  await expect(findInPartition(disk, [partition], 'HASH', 'x')).rejects.toThrow('no partition labelled HASH');
});
