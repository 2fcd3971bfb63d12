import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

import { sha256 } from '../../../harness/util/files/sha256.ts';

const BUILDER_DIRECTORY = join(import.meta.dirname, '..');

/**
 * Identity of a tree of small source files: names, contents, link targets and whether a file can be executed. Times,
 * owners and other permissions don't count, since a fresh checkout has others.
 *
 * @param accepts decides by path relative to `root`; a refused directory is not entered.
 */
export async function digestOfTree(
  root: string,
  accepts: (path: string) => boolean = () => true,
): Promise<string> {
  const lines: string[] = [];
  await visit('');
  return sha256(lines.join('\n'));

  async function visit(directory: string): Promise<void> {
    const names = (await readdir(join(root, directory))).sort();
    for (const name of names) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (accepts(path)) await describe(path);
    }
  }

  async function describe(path: string): Promise<void> {
    const absolute = join(root, path);
    const status = await lstat(absolute);
    if (status.isDirectory()) {
      lines.push(`directory ${path}`);
      await visit(path);
    } else if (status.isSymbolicLink()) {
      lines.push(`link ${path} ${await readlink(absolute)}`);
    } else {
      const kind = (status.mode & 0o100) === 0 ? 'file' : 'program';
      lines.push(`${kind} ${path} ${sha256(await readFile(absolute))}`);
    }
  }
}

/** Identity of the code of a step: of these files and directories, relative to `images/builder`, without their tests. */
export async function digestOfCode(...paths: readonly [string, ...string[]]): Promise<string> {
  const wanted = (path: string): boolean =>
    !path.endsWith('.test.ts') &&
    paths.some((one) => path === one || path.startsWith(`${one}/`) || one.startsWith(`${path}/`));
  return digestOfTree(BUILDER_DIRECTORY, wanted);
}
