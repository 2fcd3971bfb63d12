import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { findSuites } from './discover.ts';

const SHIPPED = '/unused';

describe('suites of a user', () => {
  test('may be files in one directory', async () => {
    const scratch = await scratchDirectory();
    const own = scratch('own');
    await mkdir(own);
    for (const file of ['b.suite.ts', 'a.suite.ts', 'helper.ts']) await writeFile(`${own}/${file}`, '');
    expect(await findSuites(own, SHIPPED)).toEqual({
      directory: dirname(own),
      suites: new Map([[basename(own), [`${own}/a.suite.ts`, `${own}/b.suite.ts`]]]),
    });
  });

  test('may be folders of files', async () => {
    const scratch = await scratchDirectory();
    await mkdir(scratch('own/boot'), { recursive: true });
    await writeFile(scratch('own/boot/a.suite.ts'), '');
    const { directory, suites } = await findSuites(scratch('own'), SHIPPED);
    expect({ directory, names: [...suites.keys()] }).toEqual({ directory: scratch('own'), names: ['boot'] });
  });

  test.each(['a[1]', 'b?', 'c#', 'd%20'])('whose name is "%s" are refused', async (name) => {
    const scratch = await scratchDirectory();
    await writeFile(scratch(`${name}.suite.ts`), '');
    await expect(findSuites(scratch('.'), SHIPPED)).rejects.toThrow('has a character that vitest misreads');
  });

  test.each([
    ['an empty directory', '.', /holds no suite[^]*NAME\.suite\.ts/],
    ['no directory', 'nowhere', /Cannot read --suites .*nowhere: ENOENT/],
  ])('in %s are refused', async (_what, name, message) => {
    const scratch = await scratchDirectory();
    await expect(findSuites(scratch(name), SHIPPED)).rejects.toThrow(message);
  });
});
