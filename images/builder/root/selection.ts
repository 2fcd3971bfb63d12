import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import type { Target } from '../architectures.ts';
import { readElfDynamic, type ElfDynamic } from '../elf/dynamic.ts';
import { globToRegExp } from './glob.ts';
import { mergedPath, type PackageFile, type PackageFiles } from './package-files.ts';

/**
 * The files of Debian's packages that get into a root: those of the allow-list, what links among them lead to, and the
 * loader and libraries that programs name, to the last.
 */
export class Selection {
  readonly #available: PackageFiles;
  readonly #target: Target;
  readonly #chosen = new Map<string, PackageFile>();

  constructor(available: PackageFiles, target: Target) {
    this.#available = available;
    this.#target = target;
  }

  /** In the order of their paths. */
  get files(): PackageFile[] {
    return [...this.#chosen.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /**
   * @param allowed package → patterns of paths.
   * @throws {UsageError} that names each package and pattern without a file.
   */
  async addAllowed(allowed: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const faults: string[] = [];
    for (const [name, patterns] of Object.entries(allowed)) {
      for (const pattern of patterns) {
        const path = pattern.replaceAll('{multiarch}', this.#target.multiarch);
        const files = this.#available.matching(name, globToRegExp(path));
        if (files.length === 0) faults.push(`The package ${name} has no file ${path}.`);
        for (const file of files) await this.#add(file);
      }
    }
    if (faults.length > 0) {
      throw new UsageError(faults.join('\n'), {
        hint: 'Mend the lists under [packages] in images/rootfs/root.toml or the variant.',
      });
    }
  }

  /**
   * Adds all that a program needs to be loaded.
   *
   * @param path of the program in the root, for $ORIGIN and messages.
   */
  async addNeedsOf(path: string, source: string): Promise<void> {
    const elf = readElfDynamic(await readFile(source));
    if (elf === undefined) return;
    if (elf.machine !== this.#target.elfMachine) {
      throw new UsageError(`/${path} is a program of another architecture than ${this.#target.debian}.`);
    }
    if (elf.interpreter !== undefined) await this.#addLibrary(path, elf.interpreter, ['/']);
    const directories = searchDirectories(path, elf, this.#target);
    for (const library of elf.needed) await this.#addLibrary(path, library, directories);
  }

  async #addLibrary(neededBy: string, name: string, directories: readonly string[]): Promise<void> {
    for (const directory of directories) {
      const file = this.#available.get(mergedPath(posix.join('/', directory, name).slice(1)));
      if (file !== undefined) {
        await this.#add(file);
        return;
      }
    }
    throw new UsageError(`/${neededBy} needs ${name}, which no package has in ${directories.join(', ')}.`, {
      hint: 'Add the package with this library to [packages] in images/rootfs/root.toml.',
    });
  }

  async #add(file: PackageFile): Promise<void> {
    if (this.#chosen.has(file.path)) return;
    this.#chosen.set(file.path, file);
    const target = this.#available.targetOf(file);
    if (target !== undefined) await this.#add(target);
    if (file.link === undefined) await this.addNeedsOf(file.path, file.source);
  }
}

/** Where the dynamic loader looks, in its order (ld.so(8)). */
function searchDirectories(path: string, elf: ElfDynamic, target: Target): string[] {
  const origin = posix.dirname(`/${path}`);
  const own = elf.searchPaths.map((directory) => directory.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, origin));
  return [...own, `/usr/lib/${target.multiarch}`, '/usr/lib'];
}
