import type { Dirent } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** A file or link that one of the unpacked packages has. Paths have no leading slash. */
export interface PackageFile {
  readonly package: string;
  readonly path: string;
  /** Where it is on the host now. */
  readonly source: string;
  /** Of a symbolic link: the target as stored. */
  readonly link: string | undefined;
}

/** All files of the unpacked packages, by the path that they have in a system with a merged /usr. */
export class PackageFiles {
  readonly #files: ReadonlyMap<string, PackageFile>;

  private constructor(files: ReadonlyMap<string, PackageFile>) {
    this.#files = files;
  }

  /** @param trees a directory with one directory for each package. */
  static async read(trees: string): Promise<PackageFiles> {
    const packages = (await readdir(trees)).sort();
    const files = new Map<string, PackageFile>();
    for (const name of packages) {
      const root = join(trees, name);
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        if (entry.isDirectory()) continue;
        const file = await describe(name, root, entry);
        files.set(file.path, file);
      }
    }
    return new PackageFiles(files);
  }

  get(path: string): PackageFile | undefined {
    return this.#files.get(path);
  }

  matching(name: string, pattern: RegExp): PackageFile[] {
    return [...this.#files.values()].filter((file) => file.package === name && pattern.test(file.path));
  }

  /** The file that a link leads to within the packages; a link to nothing there, such as /dev/null, gives undefined. */
  targetOf(file: PackageFile): PackageFile | undefined {
    if (file.link === undefined) return undefined;
    return this.get(mergedPath(posix.resolve('/', posix.dirname(file.path), file.link).slice(1)));
  }
}

/** Debian's programs are found under /bin, /sbin and /lib as well, which are links to their namesakes in /usr. */
export function mergedPath(path: string): string {
  return /^(?:bin|sbin|lib|lib64)\//.test(path) ? `usr/${path}` : path;
}

async function describe(name: string, root: string, entry: Dirent): Promise<PackageFile> {
  const source = join(entry.parentPath, entry.name);
  return {
    package: name,
    path: mergedPath(source.slice(root.length + 1)),
    source,
    link: entry.isSymbolicLink() ? await readlink(source) : undefined,
  };
}
