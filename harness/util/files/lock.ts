import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { lock } from 'proper-lockfile';

import { InfrastructureError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';

/** A holder touches its lock this often; one that was killed loses it after STALE_MS. */
const UPDATE_MS = 2_000;
const STALE_MS = 10_000;
const RETRY_MS = 250;

/**
 * Runs `work` while no other process runs its own under the same lock.
 *
 * @param waiting is called once if another process holds the lock now.
 * @param work gets a signal that aborts with `signal`, or when the lock is lost.
 * @throws {InfrastructureError} when the lock was lost: another process may have begun the same.
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal,
  waiting: () => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const loss = new AbortController();
  const onLoss = (): void => {
    loss.abort(lockLost(path));
  };
  let release = await tryLock(path, onLoss);
  if (release === undefined) waiting();
  while (release === undefined) {
    await sleep(RETRY_MS);
    signal.throwIfAborted();
    release = await tryLock(path, onLoss);
  }
  try {
    const result = await work(AbortSignal.any([signal, loss.signal]));
    loss.signal.throwIfAborted();
    return result;
  } finally {
    if (!loss.signal.aborted) await release();
  }
}

/**
 * @param onLoss is called when the lock, once got, is lost.
 * @returns the function that gives the lock back, or undefined if another process holds it.
 */
export async function tryLock(path: string, onLoss: () => void): Promise<(() => Promise<void>) | undefined> {
  makeDirectory(dirname(path));
  try {
    return await lock(path, {
      realpath: false,
      lockfilePath: path,
      stale: STALE_MS,
      update: UPDATE_MS,
      onCompromised: onLoss,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}

function lockLost(path: string): InfrastructureError {
  return new InfrastructureError(
    `The lock ${path} was lost: its holder stood still for more than ${STALE_MS} ms, or it was removed.`,
    {
      hint: 'Run it again; what was finished is kept. What is suspended (Ctrl-Z) under a lock can not be resumed.',
    },
  );
}
