import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { digestOfCode, digestOfTree } from './digest.ts';

let root: string;

beforeEach(async () => {
  const scratch = await scratchDirectory();
  root = scratch('tree');
  await mkdir(join(root, 'src/empty'), { recursive: true });
  await writeFile(join(root, 'src/main.rs'), 'fn main() {}');
  await writeFile(join(root, 'build.sh'), 'true');
  await symlink('src/main.rs', join(root, 'link'));
});

const at = (path: string): string => join(root, path);

describe('the digest of a tree of sources', () => {
  it.for<[string, () => Promise<void>]>([
    ['the contents of a file', () => writeFile(at('src/main.rs'), 'fn main() { }')],
    ['the bytes of a file that is no text', () => writeFile(at('build.sh'), Buffer.from([0xff]))],
    ['a file more', () => writeFile(at('src/lib.rs'), '')],
    ['a file less', () => rm(at('build.sh'))],
    ['the name of a file', () => rename(at('build.sh'), at('make.sh'))],
    ['the place of a file', () => rename(at('build.sh'), at('src/build.sh'))],
    ['whether a file can be executed', () => chmod(at('build.sh'), 0o755)],
    ['the target of a link', () => relink('src/lib.rs')],
    ['a file in place of a link to it', () => relink(undefined)],
    ['an empty directory more', () => mkdir(at('src/other'))],
    ['a file in place of an empty directory', () => replaceDirectory()],
  ])('depends on %s', async ([, change]) => {
    const before = await digestOfTree(root);
    expect(await digestOfTree(root)).toBe(before);
    await change();
    expect(await digestOfTree(root)).not.toBe(before);
  });

  it('does not confuse one odd byte with another', async () => {
    await writeFile(at('build.sh'), Buffer.from([0xff]));
    const before = await digestOfTree(root);
    await writeFile(at('build.sh'), Buffer.from([0xfe]));
    expect(await digestOfTree(root)).not.toBe(before);
  });

  it('does not depend on what a fresh checkout changes', async () => {
    const before = await digestOfTree(root);
    await utimes(at('build.sh'), 1, 1);
    await chmod(at('build.sh'), 0o600);
    await chmod(at('src'), 0o700);
    expect(await digestOfTree(root)).toBe(before);
  });

  it('leaves out what is refused, with all that is below', async () => {
    await rm(at('link'));
    const accepts = (path: string): boolean => path !== 'src';
    const before = await digestOfTree(root, accepts);
    await writeFile(at('src/main.rs'), 'changed');
    expect(await digestOfTree(root, accepts)).toBe(before);
    await rm(at('src'), { recursive: true });
    expect(await digestOfTree(root)).toBe(before);
  });

  it('is that of a link, not of what it leads to', async () => {
    await relink('/nowhere');
    await expect(digestOfTree(root)).resolves.toMatch(/^[0-9a-f]{64}$/);
  });
});

async function relink(target: string | undefined): Promise<void> {
  await rm(at('link'));
  if (target === undefined) await writeFile(at('link'), 'src/main.rs');
  else await symlink(target, at('link'));
}

async function replaceDirectory(): Promise<void> {
  await rm(at('src/empty'), { recursive: true });
  await writeFile(at('src/empty'), '');
}

describe('the digest of code', () => {
  it('is of the files and directories that it names', async () => {
    const [directory, file, both] = await Promise.all([
      digestOfCode('cache/testing'),
      digestOfCode('cache/step.ts'),
      digestOfCode('cache/testing', 'cache/step.ts'),
    ]);
    expect(new Set([directory, file, both]).size).toBe(3);
    expect(await digestOfCode('cache/step.ts', 'cache/testing')).toBe(both);
  });

  it('is not of tests', async () => {
    expect(await digestOfCode('cache/step.ts', 'cache/digest.test.ts')).toBe(
      await digestOfCode('cache/step.ts'),
    );
  });

  it('is not of names that only begin alike', async () => {
    expect(await digestOfCode('cache/st')).toBe(await digestOfCode('cache/none'));
  });
});
