import { writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import type { GptTable } from '../disk/gpt/table.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { bottlerocket } from './bottlerocket/profile.ts';
import { chooseProfile } from './choose-profile.ts';
import { generic } from './generic.ts';

const debian = tableOf('esp', 'debian-root');
const sparkler = tableOf('BOTTLEROCKET-BOOT-A', 'BOTTLEROCKET-ROOT-A', 'BOTTLEROCKET-PRIVATE');

describe('the profile of an image', () => {
  test('is what its partitions show', async () => {
    const scratch = await scratchDirectory();
    expect(await chooseProfile(scratch('disk.raw'), debian, undefined)).toBe(generic);
    expect(await chooseProfile(scratch('disk.raw'), sparkler, undefined)).toBe(bottlerocket);
  });

  test('is the file next to it, where there is one', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('hotfire.toml'), 'name = "beside"');
    expect((await chooseProfile(scratch('disk.raw'), sparkler, undefined)).name).toBe('beside');
  });

  test('is what the user asks for above all', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('hotfire.toml'), 'name = "beside"');
    await writeFile(scratch('other.toml'), 'name = "asked"');
    expect(await chooseProfile(scratch('disk.raw'), debian, 'bottlerocket')).toBe(bottlerocket);
    expect((await chooseProfile(scratch('disk.raw'), debian, scratch('other.toml'))).name).toBe('asked');
  });
});

function tableOf(...labels: string[]): GptTable {
  return { partitions: labels.map((label) => ({ label })) } as unknown as GptTable;
}
