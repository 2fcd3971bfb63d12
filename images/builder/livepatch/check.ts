import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import { isForKernel, type Livepatch } from '../config/livepatch.ts';
import type { SystemMap } from './system-map.ts';

/**
 * That a patch can be for this kernel, and that its source does what its description says.
 *
 * @throws {UsageError} that names every contradiction.
 */
export async function checkLivepatch(
  patch: Livepatch,
  kernelRelease: string,
  symbols: SystemMap,
): Promise<void> {
  if (!isForKernel(patch, kernelRelease)) {
    throw new UsageError(
      `The live patch "${patch.name}" is for kernel ${patch.kernels.join(', ')}, but the image's is ${kernelRelease}.`,
      {
        hint: 'Compare the functions that it replaces with those of the new kernel, then add the kernel in livepatch.toml.',
      },
    );
  }
  const sources = await Promise.all(
    patch.sources.map((file) => readFile(join(patch.directory, file), 'utf8')),
  );
  const faults = [
    ...patch.functions.flatMap((name) => symbols.objectionTo(name) ?? []),
    ...contradictions(patch, sources.join('\n')),
  ];
  if (faults.length === 0) return;
  throw new UsageError(`The live patch "${patch.name}" can't be right:\n  ${faults.join('\n  ')}`, {
    hint: `See ${join(patch.directory, 'livepatch.toml')} and docs/livepatches.md.`,
  });
}

function contradictions({ functions, replaces }: Livepatch, source: string): string[] {
  const replaced = new Set([...source.matchAll(/\.old_name\s*=\s*"(\w+)"/g)].map(([, name = '']) => name));
  const missing = functions
    .filter((name) => !replaced.has(name))
    .map((name) => `livepatch.toml names "${name}", but no source has .old_name = "${name}"`);
  const unnamed = [...replaced]
    .filter((name) => !functions.includes(name))
    .map((name) => `a source replaces "${name}", which livepatch.toml does not name`);
  const atomic = /\.replace\s*=\s*true\b/.test(source);
  const replace =
    atomic === (replaces === 'all')
      ? []
      : [
          atomic
            ? 'a source has .replace = true, but livepatch.toml does not have replaces = "all"'
            : 'livepatch.toml has replaces = "all", but no source has .replace = true',
        ];
  return [...missing, ...unnamed, ...replace];
}
