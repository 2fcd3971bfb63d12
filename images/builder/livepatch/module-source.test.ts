import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import type { Livepatch } from '../config/livepatch.ts';
import { writeModuleSources } from './module-source.ts';

const ID = '00112233445566778899aabbccddeeff01234567';

async function laidOut(changes: Partial<Livepatch>, source = 'patch.c') {
  const file = await scratchDirectory();
  await mkdir(file('patch'));
  await mkdir(file('work'));
  await writeFile(file(`patch/${source}`), 'int x;\n');
  const patch: Livepatch = {
    ...{ name: 'my-patch', directory: file('patch'), sources: [source], title: 't', description: 'a "b" \\' },
    ...{ kernels: ['7.*'], functions: ['f'], replaces: 'all', test: false, reference: undefined },
    ...{ instances: undefined, ...changes },
  };
  await writeModuleSources(patch, ID, file('work'));
  return (path: string) => readFile(file(`work/${path}`), 'utf8');
}

test('a patch becomes a module of its name that says which kernel it is for', async () => {
  const read = await laidOut({});
  expect(await read('Kbuild')).toBe('obj-m := my_patch/\n');
  expect(await read('my_patch/Kbuild')).toBe(
    'obj-m := my_patch.o\nmy_patch-y := patch.o hotfire-identity.o\nccflags-y := -Werror -DLIVEPATCH_INSTANCE=1\n',
  );
  expect(await read('my_patch/patch.c')).toBe('int x;\n');
  const identity = await read('my_patch/hotfire-identity.c');
  expect(identity).toContain(`MODULE_INFO(kernel_build_id, "${ID}");`);
  expect(identity).toContain('MODULE_INFO(replaces, "all");');
  expect(identity).toContain('MODULE_DESCRIPTION("a \\"b\\" \\\\");');
});

test('a patch with instances becomes several modules', async () => {
  const read = await laidOut({ instances: 2 });
  expect(await read('Kbuild')).toBe('obj-m := my_patch_1/ my_patch_2/\n');
  expect(await read('my_patch_2/Kbuild')).toContain('-DLIVEPATCH_INSTANCE=2');
  const named = await laidOut({ instances: ['one-thing', 'other'] });
  expect(await named('my_patch_one_thing/Kbuild')).toContain('-DLIVEPATCH_INSTANCE=one_thing');
});

test('a source can not have the name of the module', async () => {
  await expect(laidOut({}, 'my_patch.c')).rejects.toThrow(
    /my_patch\.c can't have the name.*Call it patch\.c/s,
  );
});
