import { mkdir, writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { instanceNames, isForKernel, listLivepatches, readLivepatch } from './livepatch.ts';

const GOOD = 'title = "t"\ndescription = "d"\nkernels = ["7.*"]\nfunctions = ["f"]\n';

/** @returns what reads the patch `mine`. */
async function mine(toml: string, sources = ['patch.c'], name = 'mine') {
  const file = await scratchDirectory();
  await mkdir(file(name));
  await writeFile(file(`${name}/livepatch.toml`), toml);
  for (const source of sources) await writeFile(file(`${name}/${source}`), '');
  return readLivepatch(name, file('.'));
}

describe('live patches', () => {
  it('are all right', async () => {
    const names = await listLivepatches();
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect((await readLivepatch(name)).name).toBe(name);
  });

  it('are listed for who names an unknown one', async () => {
    const reading = readLivepatch('proc-verison');
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/"proc-verison".*proc-version.*docs\/livepatches\.md/s);
  });

  it('replace nothing, and do no harm, unless they say so', async () => {
    expect(await mine(GOOD)).toMatchObject({ replaces: 'none', test: false, sources: ['patch.c'] });
  });

  it.each([
    ['titel = "t"\n', /livepatch\.toml:5:1: titel: Unrecognized key/],
    ['replaces = "some"\n', /replaces: .*"none"\|"all"/],
    ['instances = 1\n', /instances: /],
  ])('with a wrong key are refused: %s', async (line, message) => {
    await expect(mine(`${GOOD}${line}`)).rejects.toThrow(message);
  });

  it.each([
    ['"f"', '"f g"', /functions.*must be the name of a function/],
    ['"7.*"', '"7.3 or so"', /kernels.*must be a kernel release/],
    ['"d"', '"a\\nb"', /description: must be one line of printable ASCII/],
    ['title = "t"', '', /title: /],
  ])('with a wrong value are refused: %s as %s', async (from, to, message) => {
    await expect(mine(GOOD.replace(from, to))).rejects.toThrow(message);
  });

  it('need a source, and a name that a module can have', async () => {
    await expect(mine(GOOD, [])).rejects.toThrow(/holds no source/);
    await expect(mine(GOOD, ['patch.c'], 'Mine_2')).rejects.toThrow(/lower-case words/);
  });

  it('are numbered when one source makes several', () => {
    expect(instanceNames({ name: 'a', instances: undefined })).toEqual(['a']);
    expect(instanceNames({ name: 'a', instances: 2 })).toEqual(['a-1', 'a-2']);
    expect(instanceNames({ name: 'a', instances: ['b-c', 'd'] })).toEqual(['a-b-c', 'a-d']);
  });

  it('are for the kernels that their patterns cover', () => {
    const patch = { kernels: ['7.3.*', '7.4.1-sparkler'] };
    expect(['7.3.4-sparkler', '7.4.1-sparkler'].map((release) => isForKernel(patch, release))).toEqual([
      true,
      true,
    ]);
    expect(['7.30.1-sparkler', '17.3.4', '7.4.1-sparkler2'].some((one) => isForKernel(patch, one))).toBe(
      false,
    );
  });
});
