import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import { dir } from 'tmp-promise';

import { InfrastructureError, messageOf } from '../util/errors.ts';
import { makePrivateDirectory } from '../util/files/private-directory.ts';
import { startTimeOf } from './stat.ts';

const OWNER_FILE = 'owner.pid';
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

/** @throws {InfrastructureError} if the directory can't be made, or is another user's. */
export async function makeRunRoot(base: string): Promise<string> {
  try {
    // In a temporary directory that all users share, another user could have made it first.
    makePrivateDirectory(base);
    sweep(base);
    const { path } = await dir({ tmpdir: base, template: `run-${process.pid}-XXXXXX`, keep: true });
    writeFileSync(join(path, OWNER_FILE), `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`);
    process.once('exit', () => {
      removeUnlessKept(path);
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
export function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = Number(/^run-(\d+)-/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isOwnerAlive(join(base, name), pid)) removeUnlessKept(join(base, name));
  }
}

/** Lets the machine's directory outlive the run. */
export function keepDirectory(machineDirectory: string): void {
  writeFileSync(join(machineDirectory, KEPT_FILE), '');
}

/** Of all that this user's runs leave for each other to see. */
export function baseDirectory(): string {
  return join(tmpdir(), `hotfire-${userInfo().uid}`);
}

function isOwnerAlive(run: string, pid: number): boolean {
  const started = startTimeOf(pid);
  if (started === undefined) return false;
  const recorded = readIfThere(join(run, OWNER_FILE))?.trim().split(' ')[1];
  // A process that just made its directory has not written the file yet; a number can be given to a new process.
  return recorded === undefined || recorded === started;
}

function removeUnlessKept(run: string): void {
  const entries = readIfDirectory(run);
  const kept = entries.filter((name) => readIfThere(join(run, name, KEPT_FILE)) !== undefined);
  for (const name of entries.filter((one) => !kept.includes(one))) {
    // A run that ends at the same time may remove it first.
    rmSync(join(run, name), { recursive: true, force: true });
  }
  if (kept.length === 0) rmSync(run, { recursive: true, force: true });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function readIfDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
