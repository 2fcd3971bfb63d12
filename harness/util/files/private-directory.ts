import { lstatSync } from 'node:fs';
import { userInfo } from 'node:os';

import { InfrastructureError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';

const OTHERS = 0o077;

/**
 * Makes a directory that only this user can look into, unless it is there.
 *
 * @throws {InfrastructureError} when what is there belongs to another user or is open to others: then they may have
 *   read or replaced what is in it.
 */
export function makePrivateDirectory(path: string): void {
  makeDirectory(path, 0o700);
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== userInfo().uid) {
    throw new InfrastructureError(`${path} belongs to another user, or is no directory.`, {
      hint: 'Remove it, or point TMPDIR and HOTFIRE_CACHE to directories of your own.',
    });
  }
  if ((found.mode & OTHERS) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    throw new InfrastructureError(`${path} is open to other users (mode ${mode}); it must be private.`, {
      hint: `Remove it and all that is in it; Hotfire makes a new one.`,
    });
  }
}
