import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';

/** What depmod knows of a kernel's modules (modules.dep(5)). */
export interface KernelModules {
  /** Module file → the files that it needs, both relative to the directory. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** Names of what the kernel has built in. */
  readonly builtIn: ReadonlySet<string>;
}

/** @param directory such as /usr/lib/modules/6.12.0, after depmod. */
export async function readKernelModules(directory: string): Promise<KernelModules> {
  const dependencies = parseModulesDep(await readFile(join(directory, 'modules.dep'), 'utf8'));
  const builtIn = (await readFile(join(directory, 'modules.builtin'), 'utf8')).split('\n').filter(Boolean);
  return { dependencies, builtIn: new Set(builtIn.map(nameOf)) };
}

/** Lines of the form "file: needed-file needed-file". */
export function parseModulesDep(text: string): Map<string, string[]> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [file = '', needed = ''] = line.split(':');
        return [file, needed.split(' ').filter(Boolean)] as const;
      }),
  );
}

/**
 * Files of the named modules and all that they need, each once and after what it needs itself: the order for insmod.
 *
 * @throws {UsageError} for a name that the kernel has neither as a module nor built in.
 */
export function loadOrder(names: readonly string[], { dependencies, builtIn }: KernelModules): string[] {
  const fileByName = new Map([...dependencies.keys()].map((file) => [nameOf(file), file]));
  const ordered = new Set<string>();
  for (const name of names) {
    const file = fileByName.get(name);
    if (file !== undefined) visit(file);
    else if (!builtIn.has(name)) {
      throw new UsageError(`The kernel of the example has no module ${name}; correct initramfs_modules.`);
    }
  }
  return [...ordered];

  function visit(file: string): void {
    if (ordered.has(file)) return;
    for (const needed of dependencies.get(file) ?? []) visit(needed);
    ordered.add(file);
  }
}

/** Files may be spelled with dashes, modules never are. */
function nameOf(file: string): string {
  return basename(file)
    .replace(/\.ko(?:\.[a-z0-9]+)?$/, '')
    .replaceAll('-', '_');
}
