import { join } from 'node:path';

import { digestOfTree } from '../cache/digest.ts';
import type { Entry, InputValue } from '../cache/step.ts';
import { RootTree } from '../root/tree.ts';
import { OS_DIRECTORY } from '../steps/programs.ts';
import type { Example } from './example.ts';

/** Where Sparkler has them, which is what its units say. */
const PROGRAMS = 'usr/libexec/sparkler';
const UNITS = 'usr/lib/systemd/system';

/** Identity of what `collectAdditions` collects, but for the programs. */
export async function digestOfAdditions({ directory, trees, units }: Example): Promise<InputValue> {
  return {
    trees: await Promise.all(trees.map((tree) => digestOfTree(join(directory, tree)))),
    units: await digestOfTree(join(OS_DIRECTORY, 'units'), (path) => units.includes(path)),
  };
}

/** Fills an empty directory with what an example has beside packages. */
export async function collectAdditions(
  output: string,
  { directory, trees, programs, units }: Example,
  built: Entry | undefined,
): Promise<void> {
  const root = new RootTree(output, {});
  if (built !== undefined) {
    for (const program of programs) {
      await root.addFile(`${PROGRAMS}/${program}`, join(built.directory, 'bin', program));
    }
  }
  for (const unit of units) await root.addFile(`${UNITS}/${unit}`, join(OS_DIRECTORY, 'units', unit));
  for (const tree of trees) await root.addAll('', join(directory, tree));
}
