import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import type { Livepatch } from '../config/livepatch.ts';
import { checkLivepatch } from './check.ts';
import { SystemMap } from './system-map.ts';

const SYMBOLS = new SystemMap('1000 t one_show\n2000 t two_show\n');
const SOURCE = '.old_name = "one_show",\n.old_name\t= "two_show",\n';

async function patch(source: string, changes: Partial<Livepatch> = {}): Promise<Livepatch> {
  const file = await scratchDirectory();
  await writeFile(file('patch.c'), source);
  return {
    ...{ name: 'mine', directory: file('.'), sources: ['patch.c'], title: 't', description: 'd' },
    ...{ kernels: ['7.3.*'], functions: ['one_show', 'two_show'], replaces: 'none', test: false },
    ...{ reference: undefined, instances: undefined },
    ...changes,
  };
}

test('a patch whose source and description agree is taken', async () => {
  await checkLivepatch(await patch(SOURCE), '7.3.4-sparkler', SYMBOLS);
  const all = await patch(`${SOURCE}.replace = true,\n`, { replaces: 'all' });
  await checkLivepatch(all, '7.3.4-sparkler', SYMBOLS);
});

test('a patch for another kernel is refused', async () => {
  const checking = checkLivepatch(await patch(SOURCE), '7.4.0-sparkler', SYMBOLS);
  await expect(checking).rejects.toThrow(
    /"mine" is for kernel 7\.3\.\*, but the image's is 7\.4\.0-sparkler/,
  );
});

test.each([
  ['.old_name = "one_show",', {}, /names "two_show", but no source/],
  [`${SOURCE}.old_name = "three_show"`, {}, /replaces "three_show", which livepatch.toml does not name/],
  [SOURCE, { replaces: 'all' as const }, /no source has .replace = true/],
  [`${SOURCE}.replace\t= true`, {}, /does not have replaces = "all"/],
  [
    SOURCE.replaceAll('two', 'gone'),
    { functions: ['one_show', 'gone_show'] },
    /the kernel has no function "gone_show"/,
  ],
])('a contradiction between source and description is named', async (source, changes, message) => {
  await expect(checkLivepatch(await patch(source, changes), '7.3.4-x', SYMBOLS)).rejects.toThrow(message);
});
