import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { needsOf } from './built-fixtures.ts';
import { discoverSuites } from './discover.ts';

test('a file that names a fixture needs what is built for it', async () => {
  const scratch = await scratchDirectory();
  const write = async (name: string, fixture: string): Promise<string> => {
    await writeFile(scratch(name), `test('x', ({ vm${fixture} }) => undefined);`);
    return scratch(name);
  };
  const plain = await write('a.suite.ts', '');
  const updating = await write('b.suite.ts', ', nextImage');
  const running = await write('c.suite.ts', ', workloads');
  const patching = await write('d.suite.ts', ', livepatches');
  const none = { nextImage: false, workloads: false, livepatches: false };
  expect(await needsOf([plain])).toEqual(none);
  expect(await needsOf([plain, updating])).toEqual({ ...none, nextImage: true });
  expect(await needsOf([running, plain])).toEqual({ ...none, workloads: true });
  expect(await needsOf([patching, plain])).toEqual({ ...none, livepatches: true });
});

test("only suites about updates need the next image among Hotfire's own", async () => {
  const suites = await discoverSuites(fileURLToPath(new URL('../../../suites', import.meta.url)));
  const elsewhere: string[] = [];
  for (const [name, files] of suites) {
    for (const file of files) {
      const { nextImage } = await needsOf([file]);
      if (name === 'updates') expect(nextImage, file).toBe(true);
      else if (nextImage) elsewhere.push(`${name}/${basename(file)}`);
    }
  }
  expect(elsewhere.sort()).toEqual(['containers/updates.suite.ts', 'livepatch/kernels.suite.ts']);
});
