import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { BUILD_TARGETS } from '../architectures.ts';
import { makeElf, type ElfFixture } from './testing/make-elf.ts';
import { PackageFiles } from './package-files.ts';
import { Selection } from './selection.ts';

let trees: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  const temporary = await dir({ unsafeCleanup: true });
  trees = temporary.path;
  remove = temporary.cleanup;
});

afterEach(() => remove());

async function elf(path: string, fixture: ElfFixture): Promise<void> {
  await mkdir(dirname(join(trees, path)), { recursive: true });
  await writeFile(join(trees, path), makeElf(fixture));
}

async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(join(trees, path)), { recursive: true });
  await symlink(target, join(trees, path));
}

async function select(allowed: Record<string, string[]>): Promise<string[]> {
  const selection = new Selection(await PackageFiles.read(trees), BUILD_TARGETS.x86_64);
  await selection.addAllowed(allowed);
  return selection.files.map(({ path }) => path);
}

describe('the selection of files', () => {
  it('follows loader, libraries, links and search paths to the last', async () => {
    await elf('app/usr/bin/app', { interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['liba.so.1'] });
    await link('libc/usr/lib64/ld-linux-x86-64.so.2', '../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
    await elf('libc/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2', {});
    await link('liba/usr/lib/x86_64-linux-gnu/liba.so.1', 'liba.so.1.2');
    await elf('liba/usr/lib/x86_64-linux-gnu/liba.so.1.2', {
      needed: ['libown.so'],
      runpath: '$ORIGIN/private',
    });
    await elf('liba/usr/lib/x86_64-linux-gnu/private/libown.so', {});
    await elf('liba/usr/lib/x86_64-linux-gnu/libunused.so', {});
    expect(await select({ app: ['usr/bin/*'] })).toEqual([
      'usr/bin/app',
      'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      'usr/lib/x86_64-linux-gnu/liba.so.1',
      'usr/lib/x86_64-linux-gnu/liba.so.1.2',
      'usr/lib/x86_64-linux-gnu/private/libown.so',
      'usr/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it('names every pattern that no file of its package matches', async () => {
    await elf('app/usr/bin/app', {});
    await elf('other/usr/bin/tool', {});
    const selecting = select({ app: ['usr/bin/tool', 'usr/lib/{multiarch}/lib*.so'], gone: ['usr/bin/x'] });
    await expect(selecting).rejects.toThrow(UsageError);
    await expect(selecting).rejects.toThrow(
      'The package app has no file usr/bin/tool.\n' +
        'The package app has no file usr/lib/x86_64-linux-gnu/lib*.so.\n' +
        'The package gone has no file usr/bin/x.',
    );
  });

  it('names the library that no package has, and who needs it', async () => {
    await elf('app/usr/bin/app', { needed: ['libgone.so.3'] });
    await expect(select({ app: ['usr/bin/app'] })).rejects.toThrow(/\/usr\/bin\/app needs libgone.so.3/);
  });

  it('takes a library as found that the program itself has loaded before', async () => {
    await elf('app/usr/bin/app', { needed: ['libcore.so', 'libshared.so'], runpath: '/usr/lib/app' });
    await elf('app/usr/lib/app/libcore.so', { needed: ['libshared.so'] });
    await elf('app/usr/lib/app/libshared.so', {});
    expect(await select({ app: ['usr/bin/app'] })).toHaveLength(3);
  });

  it('refuses a program of another architecture', async () => {
    await elf('app/usr/bin/app', { machine: 183 });
    await expect(select({ app: ['usr/bin/app'] })).rejects.toThrow(/another architecture than amd64/);
  });

  it('keeps * within one directory', async () => {
    await elf('app/usr/lib/a/b', {});
    await elf('app/usr/lib/c', {});
    expect(await select({ app: ['usr/lib/*'] })).toEqual(['usr/lib/c']);
    expect(await select({ app: ['usr/lib/**'] })).toEqual(['usr/lib/a/b', 'usr/lib/c']);
  });
});
