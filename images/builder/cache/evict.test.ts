import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { Events } from '../../../harness/util/events.ts';
import { tryLock } from '../../../harness/util/files/lock.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { Cache } from './cache.ts';
import type { BuildEvents } from './events.ts';
import { evict, markUsed } from './evict.ts';
import { entryName } from './step.ts';

const DAY_MS = 24 * 3600 * 1000;
const MIB = 2 ** 20;

interface Aged {
  readonly days: number;
  readonly bytes?: number;
}

/** @returns the root of a cache with these entries, and a log of each. */
async function cacheWith(entries: Readonly<Record<string, Aged>>): Promise<string> {
  const root = (await scratchDirectory())('cache');
  await mkdir(join(root, 'logs'), { recursive: true });
  await evict(root);
  const lastLook = new Date(Date.now() - 2 * DAY_MS);
  await utimes(join(root, 'last-eviction'), lastLook, lastLook);
  for (const [name, { days, bytes = 0 }] of Object.entries(entries)) {
    const usedAt = new Date(Date.now() - days * DAY_MS);
    const [entry, log] = [join(root, 'entries', name), join(root, 'logs', `${name}.log`)];
    await mkdir(entry, { recursive: true });
    await writeFile(join(entry, 'result'), Buffer.alloc(bytes, 'x'));
    await writeFile(log, '');
    await utimes(entry, usedAt, usedAt);
    await utimes(log, usedAt, usedAt);
  }
  return root;
}

test('what no build has used for two weeks goes, with its log, but no key', async () => {
  const root = await cacheWith({
    ...{ 'image-old': { days: 15 }, 'image-new': { days: 13 }, 'module-signing-key-1': { days: 99 } },
  });
  expect(await evict(root)).toEqual(['image-old']);
  expect(await readdir(join(root, 'entries'))).toEqual(['image-new', 'module-signing-key-1']);
  expect(await readdir(join(root, 'logs'))).toEqual(['image-new.log']);
  expect(await readdir(join(root, 'unfinished'))).toEqual([]);
});

test('where all is too large, the least recently used goes first', async () => {
  const root = await cacheWith({
    ...{ a: { days: 3, bytes: MIB }, b: { days: 2, bytes: MIB }, c: { days: 1, bytes: MIB } },
    justUsed: { days: 0, bytes: 9 * MIB },
  });
  expect(await evict(root, Date.now(), 10.5 * MIB)).toEqual(['b', 'a']);
});

test('what has no time of its last use yet stays for another day', async () => {
  const root = await cacheWith({ a: { days: 15 } });
  await rm(join(root, 'last-eviction'));
  expect(await evict(root)).toEqual([]);
  expect(await evict(root, Date.now() + 2 * DAY_MS)).toEqual(['a']);
});

test('it looks once a day, and leaves alone what a build is at work on', async () => {
  const root = await cacheWith({ a: { days: 15 } });
  const lock = await tryLock(join(root, 'locks/a.lock'));
  expect(await evict(root)).toEqual([]);
  lock?.release();
  expect(await evict(root)).toEqual([]);
  expect(await evict(root, Date.now() + 2 * DAY_MS)).toEqual(['a']);
});

test('a cache that is not there, or can only be read, stays as it is', async () => {
  const scratch = await scratchDirectory();
  expect(await evict(scratch('nowhere'))).toEqual([]);
  expect(await evict('/sys/kernel')).toEqual([]);
  await expect(markUsed('/sys/kernel')).resolves.toBeUndefined();
  expect(await readdir(scratch('.'))).toEqual([]);
});

test('a build that finds an entry uses it', async () => {
  const step = { name: 'step', inputs: {}, spaceBytes: 0, build: () => Promise.resolve() };
  const root = await cacheWith({ [entryName(step)]: { days: 15 } });
  const cache = new Cache(root, new Events<BuildEvents>(), new AbortController().signal);
  await cache.obtain(step);
  await cache.sweep();
  expect(await cache.find(step)).toBeDefined();
  expect(await readdir(join(root, 'entries'))).toEqual([entryName(step)]);
});
