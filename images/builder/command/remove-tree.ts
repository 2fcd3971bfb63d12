import { rm } from 'node:fs/promises';

import { execa } from 'execa';

import { namespaceCommand } from './namespace.ts';

/** Removes a directory even where a user namespace gave its files to subordinate users. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    const [program, ...args] = namespaceCommand(['rm', '-rf', '--one-file-system', '--', path]);
    await execa(program, args);
  }
}
