import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';

import { InfrastructureError, messageOf } from '../util/errors.ts';
import { isLocked, tryLock, type HeldLock } from '../util/files/lock.ts';
import { makePrivateDirectory } from '../util/files/private-directory.ts';

const NAME = /^(run-[0-9a-f]{12})(?:\.lock)?$/;
/** In a machine's directory: a sweep leaves it alone. */
const KEPT_FILE = 'kept';

let current: Promise<string> | undefined;

/**
 * The directory of this process for everything that lives no longer than the run. It is made at the first call, which
 * also removes what runs that died left behind, and goes when the process exits, save the machines that were kept.
 */
export function runRoot(): Promise<string> {
  current ??= makeRunRoot(baseDirectory());
  return current;
}

/** Of this process among all that `isRunAlive` knows. */
export async function runName(): Promise<string> {
  return basename(await runRoot());
}

/** @throws {InfrastructureError} if the directory can't be made, or is another user's. */
export async function makeRunRoot(base: string): Promise<string> {
  try {
    // In a temporary directory that all users share, another user could have made it first.
    makePrivateDirectory(base);
    await sweep(base);
    const { name, lock } = await lockNewName(base);
    const path = join(base, name);
    mkdirSync(path, { mode: 0o700 });
    process.once('exit', () => {
      removeUnlessKept(path);
      lock.release();
    });
    return path;
  } catch (error) {
    if (error instanceof InfrastructureError) throw error;
    throw new InfrastructureError(`Cannot make a directory for this run in ${base}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Free some space there, or point TMPDIR to another directory.',
    });
  }
}

/** Removes the directories of runs whose process is no more. Touches no process. */
export async function sweep(base: string): Promise<void> {
  const runs = new Set(readdirSync(base).flatMap((file) => NAME.exec(file)?.[1] ?? []));
  await Promise.all([...runs].map((run) => removeIfDead(base, run)));
}

/** Whether the process that `run` is the name of still is, even if it is in a process namespace of its own. */
export function isRunAlive(run: string, base = baseDirectory()): Promise<boolean> {
  return isLocked(lockOf(base, run));
}

/** Lets the machine's directory outlive the run. */
export function keepDirectory(machineDirectory: string): void {
  writeFileSync(join(machineDirectory, KEPT_FILE), '');
}

/** Of all that this user's runs leave for each other to see. */
export function baseDirectory(): string {
  return join(tmpdir(), `hotfire-${userInfo().uid}`);
}

/** A run is locked before it has a directory, so that a sweep never finds one that looks dead because it is new. */
async function lockNewName(base: string): Promise<{ name: string; lock: HeldLock }> {
  for (;;) {
    const name = `run-${randomBytes(6).toString('hex')}`;
    const lock = await tryLock(lockOf(base, name));
    // A sweep may have found the file before it was locked.
    if (lock !== undefined) return { name, lock };
  }
}

async function removeIfDead(base: string, run: string): Promise<void> {
  const lock = await tryLock(lockOf(base, run));
  if (lock === undefined) return;
  try {
    removeUnlessKept(join(base, run));
  } finally {
    lock.release();
  }
}

function lockOf(base: string, run: string): string {
  return join(base, `${run}.lock`);
}

function removeUnlessKept(run: string): void {
  const entries = existsSync(run) ? readdirSync(run) : [];
  const kept = entries.filter((name) => existsSync(join(run, name, KEPT_FILE)));
  for (const name of entries.filter((one) => !kept.includes(one))) {
    rmSync(join(run, name), { recursive: true, force: true });
  }
  if (kept.length === 0) rmSync(run, { recursive: true, force: true });
}
