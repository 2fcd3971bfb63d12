import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { InfrastructureError, messageOf } from '../errors.ts';

/**
 * Makes a directory, and those above it, unless it is there. In place of node's recursive mkdir, which spins for ever
 * below a file system that answers ENOENT to everything new, such as /proc (nodejs/node, MKDirpSync and MKDirpAsync).
 *
 * @param mode of all directories that are made; default: as the user's umask has it.
 * @throws {InfrastructureError} with the error of the operating system as its cause.
 */
export function makeDirectory(path: string, mode?: number): void {
  const directory = resolve(path);
  try {
    for (const absent of absentPartsOf(directory)) makeOne(absent, mode);
    if (!statSync(directory).isDirectory()) throw new Error('there is a file of that name');
  } catch (error) {
    throw new InfrastructureError(`Cannot make the directory ${directory}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Name one on a disk that you may write to, or make room there.',
    });
  }
}

/** From the outermost. */
function absentPartsOf(directory: string): string[] {
  const parts: string[] = [];
  for (let at = directory; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) {
    parts.unshift(at);
    if (at === dirname(at)) break;
  }
  return parts;
}

function makeOne(directory: string, mode: number | undefined): void {
  try {
    mkdirSync(directory, mode);
  } catch (error) {
    // Another process may have made it since.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
