import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { discoverSuites } from './discover.ts';
import { needNextImage } from './next-image.ts';

test('a file that names a fixture of updates needs the next image', async () => {
  const scratch = await scratchDirectory();
  const file = scratch('a.suite.ts');
  await writeFile(file, `test('x', ({ vm }) => undefined);`);
  expect(await needNextImage([file])).toBe(false);
  const other = scratch('b.suite.ts');
  await writeFile(other, `test('x', ({ vm, nextImage }) => undefined);`);
  expect(await needNextImage([file, other])).toBe(true);
});

test("only the updates need it among Hotfire's own suites", async () => {
  const suites = await discoverSuites(fileURLToPath(new URL('../../../suites', import.meta.url)));
  for (const [name, files] of suites) {
    for (const file of files) expect(await needNextImage([file]), file).toBe(name === 'updates');
  }
});
