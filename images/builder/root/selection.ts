import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import type { BuildTarget } from '../architectures.ts';
import { readElfDynamic, type ElfDynamic } from './elf-dynamic.ts';
import { globToRegExp } from './glob.ts';
import { mergedPath, type PackageFile, type PackageFiles } from './package-files.ts';

/**
 * The files of Debian's packages that get into a root: those of the allow-list, what links among them lead to, and the
 * loader and libraries that programs name, to the last.
 */
export class Selection {
  readonly #available: PackageFiles;
  readonly #target: BuildTarget;
  readonly #chosen = new Map<string, PackageFile>();

  constructor(available: PackageFiles, target: BuildTarget) {
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
        for (const file of files) {
          const { path: chosen, source, link } = this.#choose(file);
          if (link === undefined) await this.addNeedsOf(chosen, source);
        }
      }
    }
    if (faults.length > 0) {
      throw new UsageError(faults.join('\n'), {
        hint: 'Fix the lists under [packages] in images/rootfs/root.toml or the variant.',
      });
    }
  }

  /**
   * Adds all that a program needs to be loaded, as the dynamic loader would find it: a library that is loaded already,
   * whichever file needed it first, is not looked for again.
   *
   * @param path of the program in the root, for $ORIGIN and messages.
   */
  async addNeedsOf(path: string, source: string): Promise<void> {
    const loaded = new Set<string>();
    const queue = [{ path, source }];
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const elf = await this.#read(file.path, file.source);
      if (elf === undefined) continue;
      const directories = searchDirectories(file.path, elf, this.#target);
      if (elf.interpreter !== undefined) this.#find(file.path, elf.interpreter, ['/']);
      for (const library of elf.needed.filter((name) => !loaded.has(name))) {
        loaded.add(library);
        queue.push(this.#find(file.path, library, directories));
      }
    }
  }

  async #read(path: string, source: string): Promise<ElfDynamic | undefined> {
    const elf = readElfDynamic(await readFile(source));
    if (elf !== undefined && elf.machine !== this.#target.elfMachine) {
      throw new UsageError(`/${path} is a program of another architecture than ${this.#target.debian}.`);
    }
    return elf;
  }

  #find(neededBy: string, name: string, directories: readonly string[]): PackageFile {
    for (const directory of directories) {
      const file = this.#available.get(mergedPath(posix.join('/', directory, name).slice(1)));
      if (file !== undefined) return this.#choose(file);
    }
    throw new UsageError(`/${neededBy} needs ${name}, which no package has in ${directories.join(', ')}.`, {
      hint: 'Add the package with this library to [packages] in images/rootfs/root.toml.',
    });
  }

  /** @returns what the file leads to in the end, if it is a link. */
  #choose(file: PackageFile): PackageFile {
    this.#chosen.set(file.path, file);
    const target = this.#available.targetOf(file);
    return target === undefined ? file : this.#choose(target);
  }
}

/** Where the dynamic loader looks, in its order (ld.so(8)). */
function searchDirectories(path: string, elf: ElfDynamic, target: BuildTarget): string[] {
  const origin = posix.dirname(`/${path}`);
  const own = elf.searchPaths.map((directory) => directory.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, origin));
  return [...own, `/usr/lib/${target.multiarch}`, '/usr/lib'];
}
