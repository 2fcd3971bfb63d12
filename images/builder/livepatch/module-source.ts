import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import { instancesOf, type Livepatch } from '../config/livepatch.ts';

/** Beside the patch's own files: what the module says of itself. */
const IDENTITY = 'hotfire-identity';

/** A patch's name as the kernel spells it. */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

/**
 * Lays out what `make M=` builds: for each instance a directory with the sources, the identity and a Kbuild file.
 *
 * @throws {UsageError} for a source whose object would have the module's own name.
 */
export async function writeModuleSources(patch: Livepatch, buildId: string, work: string): Promise<void> {
  const instances = instancesOf(patch);
  for (const { name, macro } of instances) {
    const module = moduleName(name);
    if (patch.sources.includes(`${module}.c`)) {
      throw new UsageError(
        `${join(patch.directory, `${module}.c`)} can't have the name of the module itself.`,
        {
          hint: 'Call it patch.c.',
        },
      );
    }
    const directory = join(work, module);
    await mkdir(directory);
    await cp(patch.directory, directory, { recursive: true });
    await writeFile(join(directory, `${IDENTITY}.c`), identitySource(patch, buildId));
    await writeFile(join(directory, 'Kbuild'), kbuild(module, patch.sources, macro));
  }
  await writeFile(
    join(work, 'Kbuild'),
    `obj-m := ${instances.map(({ name }) => `${moduleName(name)}/`).join(' ')}\n`,
  );
}

function kbuild(module: string, sources: readonly string[], instance: string): string {
  const objects = [...sources, `${IDENTITY}.c`].map((file) => file.replace(/\.c$/, '.o'));
  return [
    `obj-m := ${module}.o`,
    `${module}-y := ${objects.join(' ')}`,
    `ccflags-y := -Werror -DLIVEPATCH_INSTANCE=${instance}`,
    '',
  ].join('\n');
}

/** The kernel knows a live patch by `livepatch=Y`; by the others a machine knows whether the patch is for it. */
function identitySource({ description, replaces }: Livepatch, buildId: string): string {
  return [
    '#include <linux/module.h>',
    '',
    'MODULE_INFO(livepatch, "Y");',
    `MODULE_INFO(kernel_build_id, "${buildId}");`,
    `MODULE_INFO(replaces, "${replaces}");`,
    `MODULE_DESCRIPTION("${description.replaceAll(/["\\]/g, '\\$&')}");`,
    'MODULE_LICENSE("GPL");',
    '',
  ].join('\n');
}
