import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { lock } from 'proper-lockfile';

/** A holder touches its lock this often; one that was killed loses it after STALE_MS. */
const UPDATE_MS = 2_000;
const STALE_MS = 10_000;
const RETRY_MS = 250;

/**
 * Runs `work` while no other process on this cache runs its own under the same lock.
 *
 * @param waiting is called once if another process holds the lock now.
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal,
  waiting: () => void,
  work: () => Promise<T>,
): Promise<T> {
  let release = await tryLock(path);
  if (release === undefined) waiting();
  while (release === undefined) {
    await sleep(RETRY_MS, undefined, { signal });
    release = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

/** @returns the function that gives the lock back, or undefined if another process holds it. */
export async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(dirname(path), { recursive: true });
  try {
    return await lock(path, {
      realpath: false,
      lockfilePath: path,
      stale: STALE_MS,
      update: UPDATE_MS,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}
