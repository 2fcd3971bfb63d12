import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { gptDisk } from '../../disk/testing/gpt-disk.ts';
import { runHostTool } from '../../process/host-tool.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { changeSettingsStore } from './settings-store.ts';

const SECTORS_PER_MIB = 2048;
const PRIVATE_MIB = 8;

test('the settings store is read and replaced on a disk', async () => {
  const disk = await diskWithStore('{"live":{}}');
  const seen: string[] = [];
  const change = (text: string): string => {
    seen.push(text);
    return text.replace('{}', '{"motd":"longer than it was"}');
  };
  await changeSettingsStore(disk, change);
  await changeSettingsStore(disk, change);
  expect(seen).toEqual(['{"live":{}}', '{"live":{"motd":"longer than it was"}}']);
});

test('a disk without a settings store is refused', async () => {
  const disk = await diskWithStore(undefined);
  await expect(changeSettingsStore(disk, String)).rejects.toThrow(/PRIVATE has no \/datastore\/store\.json/);
});

async function diskWithStore(text: string | undefined) {
  const scratch = await scratchDirectory();
  await mkdir(scratch('content/datastore'), { recursive: true });
  if (text !== undefined) await writeFile(scratch('content/datastore/store.json'), text);
  await writeFile(scratch('fs'), '');
  await truncate(scratch('fs'), PRIVATE_MIB * 2 ** 20);
  await runHostTool('mkfs.ext4', ['-q', '-d', scratch('content'), scratch('fs')]);
  const image = gptDisk((PRIVATE_MIB + 2) * SECTORS_PER_MIB, [
    {
      label: 'BOTTLEROCKET-PRIVATE',
      typeGuid: '440408bb-eb0b-4328-a6e5-a29038fad706',
      guid: '11111111-2222-4333-8444-555555555555',
      firstSector: SECTORS_PER_MIB,
      lastSector: (PRIVATE_MIB + 1) * SECTORS_PER_MIB - 1,
      attributes: 0n,
    },
  ]);
  (await readFile(scratch('fs'))).copy(image, 2 ** 20);
  await writeFile(scratch('disk.raw'), image);
  return { path: scratch('disk.raw'), format: 'raw' } as const;
}
