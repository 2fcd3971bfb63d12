import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Architecture } from '../../../harness/util/architecture.ts';
import { BUILD_TARGETS, type BuildTarget } from '../architectures.ts';
import type { Step } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import { checkTrustedKey, readKernelConfig } from '../config/kernel.ts';
import { KernelMake, type KernelBuild, type KernelSources } from './make.ts';

/** Raised with every change of how it is made that changes what is made: a kernel takes ten minutes. */
const VERSION = 2;

const SPACE_BYTES = 3 * 1024 ** 3;

/** The build number that kernels have unless another one is asked for. */
export const FIRST_BUILD = 1;

/** A file of the step's result. */
export const SYSTEM_MAP = 'System.map';

/**
 * The kernel as `vmlinuz`, with what live patches are later made from: System.map, vmlinux.symvers, config,
 * signing_key.x509; and its release in `kernel.release`.
 */
export async function kernelStep(
  arch: Architecture,
  host: BuildTarget,
  from: KernelSources,
  kernelBuild: KernelBuild,
  cacheRoot: string,
  jobs: number,
): Promise<Step> {
  const { release, number } = kernelBuild;
  const config = await readKernelConfig(arch);
  const target = BUILD_TARGETS[arch];
  return {
    name: `kernel ${arch}`,
    inputs: {
      version: VERSION,
      arch,
      config,
      epoch: release.epochSeconds,
      source: from.source.identity,
      sdk: from.sdk.identity,
      signingKey: from.signingKey.identity,
      // The first is named by its absence, as in caches that are older than the number.
      ...(number === FIRST_BUILD ? {} : { number }),
    },
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(cacheRoot, { name: `kernel-${arch}`, afterKill: 'wipe' }, context, async (work) => {
        const make = new KernelMake(target, host, from, kernelBuild, work, context);
        context.note('configuring');
        await make.configure(config);
        context.note('compiling');
        await make.run([target.kernel.makeTarget, `-j${jobs}`]);
        const certificate = join(from.signingKey.directory, 'signing_key.x509');
        const trusted = join(work, 'certs/signing_key.x509');
        checkTrustedKey(await readFile(trusted), await readFile(certificate), work);
        await copyFile(join(work, target.kernel.image), join(output, 'vmlinuz'));
        await copyFile(join(work, '.config'), join(output, 'config'));
        await make.copy([SYSTEM_MAP, 'vmlinux.symvers', 'include/config/kernel.release'], output);
        await copyFile(certificate, join(output, 'signing_key.x509'));
      }),
  };
}
