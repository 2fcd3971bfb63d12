import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { InfrastructureError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';

const RETRY_MS = 250;
const OWNER_ONLY = 0o600;
/** Of flock(1): another one has the lock. */
const CONFLICT = 1;
const STANDARD_INPUT = '0';

/** A lock that this process has until `release`, or until it ends. */
export interface HeldLock {
  /** Removes the lock file, too. Safe to call again, and at the exit of a process. */
  release(): void;
}

/**
 * Locks the file `path` for this process, if no other one has locked it. The lock is the kernel's, by flock(2): it ends
 * with its holder, even by SIGKILL, and at no other time. A holder that is stopped or slow keeps it; process numbers and
 * clocks play no part, so that it holds among containers and process namespaces that share the file. The file is made
 * where there is none, with its directories. Takes some 5 ms, for a child.
 *
 * @returns undefined if it is locked, also by this process.
 * @throws {InfrastructureError} when the host can't lock files; Node's own error when the file can't be made.
 */
export async function tryLock(path: string): Promise<HeldLock | undefined> {
  makeDirectory(dirname(path));
  for (;;) {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT, OWNER_ONLY);
    let held = false;
    try {
      if (!(await lockDescriptor(file, 'exclusive'))) return undefined;
      // One who released it in the meantime has removed the file, and the next one locks another.
      held = isAt(path, file);
    } finally {
      if (!held) closeSync(file);
    }
    if (held) return heldLock(path, file);
  }
}

/**
 * Whether a process has locked the file. While it is asked, nobody else gets the lock, so ask only about files that are
 * never locked a second time.
 *
 * @returns false where there is no such file.
 */
export async function isLocked(path: string): Promise<boolean> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDWR);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    return !(await lockDescriptor(file, 'shared'));
  } finally {
    closeSync(file);
  }
}

/**
 * Runs `work` while no other process runs its own under the same lock.
 *
 * @param signal ends the waiting.
 * @param waiting is called once if another process holds the lock now.
 */
export async function withLock<T>(
  path: string,
  signal: AbortSignal,
  waiting: () => void,
  work: () => Promise<T>,
): Promise<T> {
  let lock = await tryLock(path);
  if (lock === undefined) waiting();
  while (lock === undefined) {
    await sleep(RETRY_MS);
    signal.throwIfAborted();
    lock = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Node has no flock(2), but a lock belongs to the open file, which a child has in common with this process: flock(1) locks
 * it and ends, and the lock stays until this process closes it. No other child gets the file.
 */
async function lockDescriptor(file: number, kind: 'exclusive' | 'shared'): Promise<boolean> {
  const child = spawn('flock', ['--nonblock', `--${kind}`, STANDARD_INPUT], {
    stdio: [file, 'ignore', 'ignore'],
    // Ctrl-C is for this process, which would otherwise see a host that can't lock.
    detached: true,
  });
  const [code] = (await once(child, 'exit').catch(cannotLock)) as [number | null];
  if (code !== 0 && code !== CONFLICT) cannotLock(new Error(`flock ended with code ${code}`));
  return code === 0;
}

function cannotLock(cause: Error): never {
  throw new InfrastructureError(`The host can't lock files: ${cause.message}.`, {
    cause,
    hint: 'Run `scripts/setup`, or install the package util-linux; some network file systems have no locks.',
  });
}

function isAt(path: string, file: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const own = fstatSync(file);
  return there?.ino === own.ino && there.dev === own.dev;
}

function heldLock(path: string, file: number): HeldLock {
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      // As long as it is locked, so that no other process has begun to rely on it.
      rmSync(path, { force: true });
      closeSync(file);
    },
  };
}
