import { writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { gptDisk } from '../testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { fillFileSystem } from './fill.ts';

const SBIN = { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };
const MIB = 2 ** 20;
const SIZE_MIB = 8;

test('a full file system takes nothing more and keeps what it has, until it is emptied', async () => {
  const disk = { path: (await scratchDirectory())('disk.raw'), format: 'raw' } as const;
  const partition = {
    ...{ label: 'DATA', typeGuid: '626f7474-6c65-6474-6861-726d61726b73', attributes: 0n },
    ...{ guid: '00000000-0000-0000-0000-000000000013' },
    ...{ firstSector: 2048, lastSector: 2048 * (SIZE_MIB + 1) - 1 },
  };
  await writeFile(disk.path, gptDisk(2048 * (SIZE_MIB + 2), [partition]));
  await execa('mkfs.ext4', ['-q', '-F', '-E', `offset=${MIB}`, disk.path, `${SIZE_MIB * 1024}k`], SBIN);
  const debugfs = async (command: string): Promise<string> =>
    (await execa('debugfs', ['-w', '-R', command, `${disk.path}?offset=${MIB}`], SBIN)).stdout;
  await debugfs('write /etc/os-release kept');
  const kept = await debugfs('cat kept');
  const free = await freeBlocks();

  const empty = await fillFileSystem(disk, 'DATA');
  expect(await freeBlocks()).toBe(0);
  expect(await debugfs('cat kept')).toBe(kept);
  await empty();
  expect(await freeBlocks()).toBe(free);

  async function freeBlocks(): Promise<number> {
    return Number(/^Free blocks:\s+(\d+)$/m.exec(await debugfs('show_super_stats -h'))?.[1]);
  }
});
