import { join } from 'node:path';

import type { Architecture } from '../../../harness/util/architecture.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { namesIn } from '../../../harness/util/files/look.ts';
import type { Entry } from '../cache/step.ts';
import { readRelease } from '../config/release.ts';
import type { Workshop } from '../workshop.ts';
import type { KernelBuild, KernelSources } from './make.ts';
import { signingKeyStep } from './signing-key-step.ts';
import { FIRST_BUILD, kernelStep } from './step.ts';

/** A kernel of the cache, and all that it was made from. */
export interface FoundKernel extends KernelSources {
  readonly kernel: Entry;
  readonly build: KernelBuild;
}

/**
 * The kernel that images of this tree have, and the key that signs its modules, both of which a build of an image has put
 * into the cache.
 *
 * @param source of the step that unpacks the kernel's source.
 * @param number of the kernel's build.
 * @throws {UsageError} when the cache has lost one of them.
 */
export async function findKernel(
  arch: Architecture,
  { cache, sdk, host, jobs }: Pick<Workshop, 'cache' | 'sdk' | 'host' | 'jobs'>,
  source: Entry,
  number = FIRST_BUILD,
): Promise<FoundKernel> {
  const signingKey = await cache.find(signingKeyStep(sdk));
  if (signingKey === undefined) throw await withoutKey(cache.root, arch);
  const from = { sdk, source, signingKey };
  const build = { release: await readRelease(), number };
  const kernel = await cache.find(await kernelStep(arch, host, from, build, cache.root, jobs));
  if (kernel !== undefined) return { ...from, kernel, build };
  const which = number === FIRST_BUILD ? '' : ` --kernel-build ${number}`;
  throw new UsageError(
    `The cache, ${cache.root}, does not have the kernel that images of this tree have on ${arch}.`,
    {
      hint: `Build the image first: npm run image -- --arch ${arch}${which}. From the same sources and key it becomes the same kernel.`,
    },
  );
}

async function withoutKey(cacheRoot: string, arch: Architecture): Promise<UsageError> {
  const entries = await namesIn(join(cacheRoot, 'entries'));
  const hadKernels = entries.some((name) => /^kernel-(?!source-)/.test(name));
  const build = `npm run image -- --arch ${arch}`;
  return hadKernels
    ? new UsageError(
        `The cache, ${cacheRoot}, has lost its module signing key: no live patch can be signed any more for the kernels that it has.`,
        {
          hint: `Put the entry module-signing-key-… back, or have machines take an image with a new key (${build}).`,
        },
      )
    : new UsageError(`The cache, ${cacheRoot}, has neither kernel nor module signing key.`, {
        hint: `Build the image first: ${build}.`,
      });
}
