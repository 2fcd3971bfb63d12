import { open, statfs } from 'node:fs/promises';

import { InfrastructureError, messageOf } from '../../../harness/util/errors.ts';
import { makeDirectory } from '../../../harness/util/files/make-directory.ts';
import type { Step } from '../cache/step.ts';

const LOG_TAIL_BYTES = 8192;

/** @throws {InfrastructureError} when the file system of `directory` has less room than `neededBytes`. */
export async function requireSpace(directory: string, neededBytes: number, what: string): Promise<void> {
  makeDirectory(directory);
  const availableBytes = await spaceOf(directory);
  if (availableBytes < neededBytes) throw noSpace(directory, neededBytes, availableBytes, what);
}

/** @returns the error to report instead of `error`: a full disk shows itself in many ways. */
export async function explainFullDisk(
  error: unknown,
  log: string,
  directory: string,
  step: Step,
): Promise<unknown> {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const full =
    code === 'ENOSPC' || /No space left on device/.test(`${messageOf(error)}\n${await tailOf(log)}`);
  if (!full) return error;
  return noSpace(directory, step.spaceBytes, await spaceOf(directory), step.name);
}

/** @returns the end of a log, as far as a message should quote it. */
export async function tailOf(log: string, bytes = LOG_TAIL_BYTES): Promise<string> {
  await using file = await open(log, 'r');
  const { size } = await file.stat();
  const length = Math.min(size, bytes);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8');
}

async function spaceOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function noSpace(directory: string, needed: number, available: number, what: string): InfrastructureError {
  return new InfrastructureError(
    `The disk is too full for the step "${what}": it needs ${needed} bytes in ${directory}, ${available} are available.`,
    { hint: 'Make room there, or set HOTFIRE_CACHE to a directory on another disk.' },
  );
}
