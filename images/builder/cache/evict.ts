import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { diskUse } from '../../../harness/util/files/disk-use.ts';
import { leastUseful, type Kept } from '../../../harness/util/files/eviction.ts';
import { tryLock } from '../../../harness/util/files/lock.ts';
import { exists, namesIn } from '../../../harness/util/files/look.ts';
import { makeDirectory } from '../../../harness/util/files/make-directory.ts';
import { removeTree } from '../command/remove-tree.ts';

/** All variants for both architectures, several times over. */
const MAX_BYTES = 40 * 2 ** 30;
/** To look at all entries takes seconds. */
const PERIOD_MS = 24 * 3600 * 1000;
/** Its time is that of the last look. */
const STAMP = 'last-eviction';
/** Not to be made again: images of a new key refuse the live patches of old ones. */
const FOR_EVER = /^module-signing-key-/;

/** The time of an entry is that of its last use, unless the cache can only be read. */
export async function markUsed(entry: string): Promise<void> {
  const now = new Date();
  await utimes(entry, now, now).catch(() => undefined);
}

/**
 * Removes, once a day, results that no build has used for two weeks, the least recently used beyond 40 GiB, and what tools
 * said two weeks ago. What a build is making, or a run of the last six hours may have open, stays.
 *
 * @returns the names of the entries that are gone.
 */
export async function evict(root: string, nowMs = Date.now(), maxBytes = MAX_BYTES): Promise<string[]> {
  const stamp = join(root, STAMP);
  const last = await stat(stamp).catch(() => undefined);
  if (last !== undefined && nowMs - last.mtimeMs < PERIOD_MS) return [];
  try {
    await writeFile(stamp, '');
  } catch {
    // There is no cache yet, or one that can only be read.
    return [];
  }
  // Entries of a cache that was never looked at may have the time when they were made.
  if (last === undefined) return [];
  const entries = join(root, 'entries');
  const removed: string[] = [];
  const names = (await namesIn(entries)).filter((name) => !FOR_EVER.test(name));
  for (const { name } of leastUseful(await lookAt(entries, names), nowMs, maxBytes)) {
    if (await removeEntry(root, name)) removed.push(name);
  }
  const logs = join(root, 'logs');
  for (const { name } of leastUseful(await lookAt(logs, await namesIn(logs)), nowMs, maxBytes)) {
    await rm(join(logs, name), { force: true });
  }
  return removed;
}

async function lookAt(directory: string, names: readonly string[]): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) kept.push({ name, usedAtMs: found.mtimeMs, bytes: await diskUse(path) });
  }
  return kept;
}

/** @returns false when a build is at work on it. */
async function removeEntry(root: string, name: string): Promise<boolean> {
  const lock = await tryLock(join(root, 'locks', `${name}.lock`));
  if (lock === undefined) return false;
  try {
    const entry = join(root, 'entries', name);
    const unfinished = join(root, 'unfinished', name);
    await removeTree(unfinished);
    if (!(await exists(entry))) return false;
    makeDirectory(join(root, 'unfinished'));
    // What is among the entries is whole, even if this process is killed now.
    await rename(entry, unfinished);
    await removeTree(unfinished);
    return true;
  } finally {
    lock.release();
  }
}
