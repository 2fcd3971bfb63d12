import { truncate, writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { scratchDirectory } from '../util/testing/scratch.ts';
import { checkFileSystems } from './check-file-systems.ts';
import { writeRange } from './disk-io.ts';
import type { Partition } from './gpt/entries.ts';

const MIB = 2 ** 20;
const SBIN = { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };

test('reports a whole ext4 file system as whole and skips what is none', async () => {
  const { disk, partitions } = await diskWithExt4();
  expect(await checkFileSystems(disk, partitions)).toEqual([{ partition: partitions[0], fault: undefined }]);
});

test('reports what e2fsck can not repair safely', async () => {
  const { disk, partitions } = await diskWithExt4();
  // The root directory's inode: group descriptors say where the table of inodes starts.
  const inodeTable = await inodeTableOf(disk.path);
  await writeRange(disk, MIB + inodeTable + 256, Buffer.alloc(256, 0xff));
  const [checked] = await checkFileSystems(disk, partitions);
  expect(checked?.fault).toMatch(/UNEXPECTED INCONSISTENCY/);
});

async function diskWithExt4() {
  const scratch = await scratchDirectory();
  const disk = { path: scratch('disk.raw'), format: 'raw' } as const;
  await writeFile(disk.path, '');
  await truncate(disk.path, 32 * MIB);
  await execa('mkfs.ext4', ['-q', '-F', '-E', `offset=${MIB}`, disk.path, '16M'], SBIN);
  const partitions = [
    { number: 1, label: 'root', firstByte: MIB, sizeBytes: 16 * MIB },
    { number: 2, label: 'empty', firstByte: 20 * MIB, sizeBytes: MIB },
  ] as Partition[];
  return { disk, partitions } as const;
}

async function inodeTableOf(path: string): Promise<number> {
  const { stdout } = await execa('dumpe2fs', [`${path}?offset=${MIB}`], SBIN);
  const blockBytes = Number(/^Block size:\s+(\d+)/m.exec(stdout)?.[1]);
  return Number(/Inode table at (\d+)/.exec(stdout)?.[1]) * blockBytes;
}
