import { lstat, mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RootTree } from './tree.ts';

let work: string;
let remove: () => Promise<void>;
let tree: RootTree;

beforeEach(async () => {
  const temporary = await dir({ unsafeCleanup: true });
  work = temporary.path;
  remove = temporary.cleanup;
  await mkdir(join(work, 'root'));
  await writeFile(join(work, 'file'), 'content', { mode: 0o600 });
  tree = new RootTree(join(work, 'root'), { sbin: 'usr/sbin', 'usr/sbin': 'bin' });
});

afterEach(() => remove());

describe('RootTree', () => {
  it('puts a file where the links above it lead', async () => {
    await tree.addFile('sbin/tool', join(work, 'file'));
    expect(await readFile(join(work, 'root/usr/bin/tool'), 'utf8')).toBe('content');
  });

  it("shows nothing of the caller's umask or the file's private mode", async () => {
    await tree.addFile('etc/conf', join(work, 'file'));
    expect((await lstat(join(work, 'root/etc/conf'))).mode & 0o7777).toBe(0o644);
    expect((await lstat(join(work, 'root/etc'))).mode & 0o7777).toBe(0o755);
  });

  it('writes a text that no file of the host has', async () => {
    await tree.addText('sbin/text', 'made here');
    expect(await readFile(join(work, 'root/usr/bin/text'), 'utf8')).toBe('made here');
    expect((await lstat(join(work, 'root/usr/bin/text'))).mode & 0o7777).toBe(0o644);
  });

  it('replaces a link instead of writing through it', async () => {
    await tree.addLink('etc/conf', '/dev/null');
    await tree.addFile('etc/conf', join(work, 'file'));
    expect((await lstat(join(work, 'root/etc/conf'))).isSymbolicLink()).toBe(false);
    await tree.addLink('etc/conf', '../run/conf');
    expect(await readlink(join(work, 'root/etc/conf'))).toBe('../run/conf');
  });

  it('names links that lead to nothing in the root', async () => {
    await tree.addLink('usr/lib/masked', '/dev/null');
    await tree.addLink('usr/lib/a.wants/gone.service', '../gone.service');
    await expect(tree.checkLinks()).rejects.toThrow(
      /links to what is not in it:\n {2}\/usr\/lib\/a\.wants\/gone\.service → \.\.\/gone\.service\n/,
    );
  });
});
