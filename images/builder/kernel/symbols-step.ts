import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { KERNEL_DIGEST_FILE, VMLINUX } from '../../../harness/image/symbols/kernel-symbols.ts';
import type { Architecture } from '../../../harness/util/architecture.ts';
import { ImageError } from '../../../harness/util/errors.ts';
import { sha256OfFile } from '../../../harness/util/files/sha256.ts';
import { BUILD_TARGETS, type BuildTarget } from '../architectures.ts';
import type { Entry, Step } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import { readKernelConfig } from '../config/kernel.ts';
import { LINUX_MOUNT } from '../livepatch/module-make.ts';
import { KernelMake, type KernelBuild, type KernelSources } from './make.ts';
import { SYSTEM_MAP } from './step.ts';

const VERSION = 1;

/** The objects with their debug information, and what is linked from them three times. */
const SPACE_BYTES = 8 * 1024 ** 3;

/** -g changes no instruction, so the kernel itself does without what would make its build longer. */
const DEBUG_CONFIG = ['CONFIG_DEBUG_INFO_DWARF5=y', 'CONFIG_DEBUG_INFO_COMPRESSED_ZLIB=y'].join('\n');
/** Files are named as in the kernel's tree: net/core/dev.c. */
const SHORT_NAMES = `-fdebug-prefix-map=${LINUX_MOUNT}/=`;

export interface SymbolsSources extends KernelSources {
  readonly kernel: Entry;
}

/**
 * `vmlinux` with debug information for a kernel that was built: which file and line each instruction comes from. The same
 * kernel is compiled once more for it.
 */
export async function kernelSymbolsStep(
  arch: Architecture,
  host: BuildTarget,
  from: SymbolsSources,
  kernelBuild: KernelBuild,
  cacheRoot: string,
  jobs: number,
): Promise<Step> {
  const config = `${await readKernelConfig(arch)}\n${DEBUG_CONFIG}`;
  const workDirectory = { name: `kernel-symbols-${arch}`, afterKill: 'wipe' } as const;
  return {
    name: `kernel symbols ${arch}`,
    inputs: { version: VERSION, config, names: SHORT_NAMES, kernel: from.kernel.identity },
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(cacheRoot, workDirectory, context, async (work) => {
        const flags = [`KCFLAGS=${SHORT_NAMES}`, `KAFLAGS=${SHORT_NAMES}`];
        const make = new KernelMake(BUILD_TARGETS[arch], host, from, kernelBuild, work, context, flags);
        context.note('configuring');
        await make.configure(config);
        context.note('compiling');
        await make.run([VMLINUX, `-j${jobs}`]);
        await make.copy([VMLINUX], output);
        await checkSameAddresses(join(work, SYSTEM_MAP), from.kernel);
        const digest = await sha256OfFile(join(from.kernel.directory, 'vmlinuz'));
        await writeFile(join(output, KERNEL_DIGEST_FILE), `${digest}\n`);
      }),
  };
}

/** @throws {ImageError} when the symbols would name other places than those where the kernel was. */
async function checkSameAddresses(map: string, kernel: Entry): Promise<void> {
  const wanted = join(kernel.directory, SYSTEM_MAP);
  if ((await readFile(map)).equals(await readFile(wanted))) return;
  throw new ImageError(
    `The kernel with debug information has its functions at other addresses: ${map} and ${wanted} differ.`,
    { hint: 'An option of the configuration changes code when debug information is on.' },
  );
}
