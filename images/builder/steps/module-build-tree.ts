import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import type { Entry, Step, StepContext } from '../cache/step.ts';
import { kernelBuildId } from '../livepatch/kernel-build-id.ts';
import { LINUX_MOUNT, makeVariables, TREE_MOUNT } from '../livepatch/module-make.ts';
import { SystemMap } from '../livepatch/system-map.ts';
import { Sdk } from '../sdk/run.ts';

const VERSION = 1;

const SPACE_BYTES = 256 * 1024 ** 2;

/** A file of the tree: the kernel's GNU build id in lower-case hexadecimal. */
export const BUILD_ID_FILE = 'hotfire-build-id';

export interface ModuleBuildSources {
  readonly sdk: Entry;
  readonly source: Entry;
  readonly kernel: Entry;
}

/**
 * What modules are built against: the kernel's configuration, its symbols, generated headers and tools for modules, as
 * `make modules_prepare` leaves them; and the kernel's build id. It holds no key.
 */
export function moduleBuildTreeStep(
  target: BuildTarget,
  host: BuildTarget,
  from: ModuleBuildSources,
  jobs: number,
): Step {
  return {
    name: `module build tree ${target.debian}`,
    inputs: {
      version: VERSION,
      sdk: from.sdk.identity,
      source: from.source.identity,
      kernel: from.kernel.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      await copyFile(join(from.kernel.directory, 'config'), join(output, '.config'));
      await copyFile(join(from.kernel.directory, 'vmlinux.symvers'), join(output, 'Module.symvers'));
      await writeFile(join(output, BUILD_ID_FILE), await buildIdOf(target, from, output, context));
      context.note('headers and tools');
      await Sdk.of(from.sdk).run(['make', ...makeVariables(target, host), `-j${jobs}`, 'modules_prepare'], {
        ...context,
        what: 'make, which prepares the building of modules,',
        directory: LINUX_MOUNT,
        mounts: [
          { host: join(from.source.directory, 'linux'), sdk: LINUX_MOUNT },
          { host: output, sdk: TREE_MOUNT, writable: true },
        ],
      });
    },
  };
}

async function buildIdOf(
  target: BuildTarget,
  { sdk, source, kernel }: ModuleBuildSources,
  work: string,
  context: StepContext,
): Promise<string> {
  const image = join(kernel.directory, 'vmlinuz');
  const symbols = new SystemMap(await readFile(join(kernel.directory, 'System.map'), 'utf8'));
  if (!target.kernel.packed) return kernelBuildId(await readFile(image), symbols);
  const unpack = `${LINUX_MOUNT}/scripts/extract-vmlinux /hotfire/vmlinuz > ${TREE_MOUNT}/vmlinux`;
  await Sdk.of(sdk).run(['sh', '-euc', unpack], {
    ...context,
    what: "extract-vmlinux, which unpacks the kernel's image,",
    mounts: [
      { host: join(source.directory, 'linux'), sdk: LINUX_MOUNT },
      { host: image, sdk: '/hotfire/vmlinuz' },
      { host: work, sdk: TREE_MOUNT, writable: true },
    ],
  });
  const vmlinux = join(work, 'vmlinux');
  const id = kernelBuildId(await readFile(vmlinux), symbols);
  await rm(vmlinux);
  return id;
}
