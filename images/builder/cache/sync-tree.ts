import { copyFile, lstat, mkdir, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes `to` a copy of `from`, and touches only what differs. Cargo takes a source for changed when its time is newer than
 * the last build; sources of two checkouts, or of a time before the last build, would be mixed up if it saw their own
 * times. Here what differs is new.
 *
 * @param accepts decides by path relative to `from`; a refused directory is not entered.
 */
export async function syncTree(from: string, to: string, accepts: (path: string) => boolean): Promise<void> {
  await syncDirectory('');

  async function syncDirectory(directory: string): Promise<void> {
    await mkdir(join(to, directory), { recursive: true });
    const wanted = new Set<string>();
    for (const name of await readdir(join(from, directory))) {
      const path = join(directory, name);
      if (!accepts(path)) continue;
      wanted.add(name);
      await syncEntry(path);
    }
    for (const name of await readdir(join(to, directory))) {
      if (!wanted.has(name)) await rm(join(to, directory, name), { recursive: true });
    }
  }

  async function syncEntry(path: string): Promise<void> {
    const described = await describe(join(from, path));
    const present = await describe(join(to, path));
    if (described === DIRECTORY) {
      if (present !== undefined && present !== DIRECTORY) await rm(join(to, path));
      await syncDirectory(path);
    } else if (present !== described) {
      await rm(join(to, path), { recursive: true, force: true });
      if (described?.startsWith(LINK) === true) await symlink(described.slice(LINK.length), join(to, path));
      else await copyFile(join(from, path), join(to, path));
    }
  }
}

const DIRECTORY = 'directory';
const LINK = 'link ';

/** All in which two entries of a tree can differ; undefined where there is none. */
async function describe(path: string): Promise<string | undefined> {
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) return undefined;
  if (status.isDirectory()) return DIRECTORY;
  if (status.isSymbolicLink()) return `${LINK}${await readlink(path)}`;
  return `file ${status.mode & 0o111} ${await readFile(path, 'latin1')}`;
}
