import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join, posix } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';

/** Links into these lead to what exists only in a running system. */
const RUNTIME_DIRECTORIES = /^\/(?:dev|proc|run|sys|var|local|etc)\//;

/** The directory from which the root file system is made. All paths are those of the root, without leading slash. */
export class RootTree {
  readonly directory: string;
  readonly #links: Readonly<Record<string, string>>;

  /** @param links directories of the root that are links: what is put below them lands at their targets. */
  constructor(directory: string, links: Readonly<Record<string, string>>) {
    this.directory = directory;
    this.#links = links;
  }

  async addDirectory(path: string): Promise<void> {
    const parts = this.#settle(path).split('/');
    for (const [index] of parts.entries()) {
      const directory = this.#onHost(parts.slice(0, index + 1).join('/'));
      await mkdir(directory, { recursive: true });
      // The caller's umask must not show in the image.
      await chmod(directory, 0o755);
    }
  }

  /** @param mode default: what the source has, as far as git keeps it. */
  async addFile(path: string, source: string, mode?: number): Promise<void> {
    const target = await this.#makeRoom(path);
    await copyFile(source, target);
    const executable = ((await stat(source)).mode & 0o100) !== 0;
    await chmod(target, mode ?? (executable ? 0o755 : 0o644));
  }

  async addText(path: string, text: string): Promise<void> {
    const target = await this.#makeRoom(path);
    await writeFile(target, text);
    await chmod(target, 0o644);
  }

  async addLink(path: string, target: string): Promise<void> {
    await symlink(target, await this.#makeRoom(path));
  }

  /** Adds a directory of the project, as it is. */
  async addAll(path: string, source: string): Promise<void> {
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      const from = join(entry.parentPath, entry.name);
      const to = posix.join(path, from.slice(source.length + 1));
      if (entry.isDirectory()) await this.addDirectory(to);
      else if (entry.isSymbolicLink()) await this.addLink(to, await readlink(from));
      else await this.addFile(to, from);
    }
  }

  /** @throws {UsageError} that names every link to something that is not in the root. */
  async checkLinks(): Promise<void> {
    const dangling: string[] = [];
    for (const entry of await readdir(this.directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isSymbolicLink()) continue;
      const path = join(entry.parentPath, entry.name).slice(this.directory.length + 1);
      const link = await readlink(this.#onHost(path));
      const target = posix.resolve('/', posix.dirname(path), link);
      if (!RUNTIME_DIRECTORIES.test(target) && !(await this.#has(target.slice(1)))) {
        dangling.push(`/${path} → ${link}`);
      }
    }
    if (dangling.length === 0) return;
    throw new UsageError(`The root has links to what is not in it:\n  ${dangling.sort().join('\n  ')}`, {
      hint: 'Add what they lead to, or leave them out, in images/rootfs/root.toml, images/os/units or the variant.',
    });
  }

  /** @returns the path on the host, after making its directory and taking off what lay there before. */
  async #makeRoom(path: string): Promise<string> {
    const settled = this.#settle(path);
    if (posix.dirname(settled) !== '.') await this.addDirectory(posix.dirname(settled));
    await rm(this.#onHost(settled), { force: true });
    return this.#onHost(settled);
  }

  async #has(path: string): Promise<boolean> {
    return lstat(this.#onHost(this.#settle(path))).then(
      () => true,
      () => false,
    );
  }

  /** The path with every leading directory that is a link replaced by what it leads to. */
  #settle(path: string): string {
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const head = parts.slice(0, length).join('/');
      const link = this.#links[head];
      if (link === undefined) continue;
      const target = posix.join('/', posix.dirname(head), link).slice(1);
      return this.#settle([target, ...parts.slice(length)].join('/'));
    }
    return path;
  }

  #onHost(path: string): string {
    return join(this.directory, path);
  }
}
