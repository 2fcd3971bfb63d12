import { stat, symlink, writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { InfrastructureError } from '../errors.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { makeDirectory } from './make-directory.ts';

describe('makeDirectory', () => {
  it('makes all that is absent, with the mode, and leaves the rest', async () => {
    const scratch = await scratchDirectory();
    makeDirectory(scratch('a/b/c'), 0o700);
    makeDirectory(scratch('a/b/c'), 0o755);
    for (const made of ['a', 'a/b', 'a/b/c']) expect((await stat(scratch(made))).mode & 0o777).toBe(0o700);
  });

  // Without a bound it would never return, and the worker would have to be killed.
  it.each(['/proc/nowhere', '/proc/nowhere/deep/down', '/proc/self/fd/x', '/dev/null/x'])(
    'refuses %s at once, as a fault of the host',
    (path) => {
      expect(() => {
        makeDirectory(path);
      }).toThrow(InfrastructureError);
      expect(() => {
        makeDirectory(path);
      }).toThrow(`Cannot make the directory ${path}: EN`);
    },
  );

  it('refuses a file of that name, and a link that leads nowhere', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('file'), '');
    await symlink('/proc/nowhere', scratch('link'));
    expect(() => {
      makeDirectory(scratch('file'));
    }).toThrow('there is a file of that name');
    expect(() => {
      makeDirectory(scratch('link/below'));
    }).toThrow(InfrastructureError);
  });
});
