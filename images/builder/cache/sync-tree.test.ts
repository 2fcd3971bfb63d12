import { chmod, mkdir, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { expect, it, onTestFinished } from 'vitest';

import { digestOfTree } from './digest.ts';
import { syncTree } from './sync-tree.ts';

async function trees(): Promise<{ from: string; to: string }> {
  const { path, cleanup } = await dir({ unsafeCleanup: true });
  onTestFinished(() => cleanup());
  await mkdir(join(path, 'from/src'), { recursive: true });
  await writeFile(join(path, 'from/src/lib.rs'), 'fn one() {}');
  await writeFile(join(path, 'from/build.sh'), 'true');
  return { from: join(path, 'from'), to: join(path, 'to') };
}

const all = (): boolean => true;

it('copies files, modes and links, and takes away what is not there any more', async () => {
  const { from, to } = await trees();
  await chmod(join(from, 'build.sh'), 0o755);
  await symlink('src/lib.rs', join(from, 'link'));
  await syncTree(from, to, all);
  expect(await digestOfTree(to)).toBe(await digestOfTree(from));

  await rm(join(from, 'src'), { recursive: true });
  await writeFile(join(from, 'src'), 'a file where a directory was');
  await rm(join(from, 'build.sh'));
  await mkdir(join(from, 'build.sh'));
  await rm(join(from, 'link'));
  await symlink('elsewhere', join(from, 'link'));
  await syncTree(from, to, all);
  expect(await digestOfTree(to)).toBe(await digestOfTree(from));
  expect(await readlink(join(to, 'link'))).toBe('elsewhere');
});

it('makes what differs newer than before, however old it is, and leaves the rest alone', async () => {
  const { from, to } = await trees();
  await syncTree(from, to, all);
  const longAgo = new Date('2020-01-01T00:00:00Z');
  const built = Date.now() - 1000;
  await utimes(join(to, 'src/lib.rs'), longAgo, longAgo);
  await utimes(join(to, 'build.sh'), longAgo, longAgo);

  await writeFile(join(from, 'src/lib.rs'), 'fn two() {}');
  await utimes(join(from, 'src/lib.rs'), longAgo, longAgo);
  await syncTree(from, to, all);
  expect((await stat(join(to, 'src/lib.rs'))).mtimeMs).toBeGreaterThan(built);
  expect((await stat(join(to, 'build.sh'))).mtimeMs).toBe(longAgo.getTime());
});

it('leaves out what is refused', async () => {
  const { from, to } = await trees();
  await syncTree(from, to, (path) => path !== 'src');
  expect(await digestOfTree(to)).toBe(await digestOfTree(from, (path) => path !== 'src'));
});
