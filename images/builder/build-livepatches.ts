import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FLAWS } from '../../harness/image/livepatch/manifest.ts';
import { instanceNames, readLivepatch, type Livepatch } from './config/livepatch.ts';
import type { Entry } from './cache/step.ts';
import { checkLivepatch } from './livepatch/check.ts';
import { findKernel } from './kernel/find.ts';
import { SystemMap } from './livepatch/system-map.ts';
import { flawedLivepatchStep } from './livepatch/flawed-step.ts';
import { kernelSourceStep } from './kernel/source-step.ts';
import { livepatchStep, type LivepatchSources } from './steps/livepatch.ts';
import { moduleBuildTreeStep } from './steps/module-build-tree.ts';
import { strangersKeyStep } from './kernel/signing-key-step.ts';
import { openWorkshop, type BuildOptions, type Workshop } from './workshop.ts';

export interface LivepatchRequest extends BuildOptions {
  /** Names that `listLivepatches` gives. */
  readonly names: readonly string[];
  /** The one of them of which flawed ones are made too; default: none. */
  readonly flawed?: string;
}

/**
 * Builds live patches for the kernel of the images that this tree builds, all variants of which have the same; or finds them in
 * the cache. The kernel itself is never built.
 *
 * @returns absolute paths of the files `<name>.json`, each beside the module that it describes.
 * @throws {UsageError} for an unknown or wrong patch, one for another kernel, and when the cache has lost kernel or key;
 * {InfrastructureError} when the host lacks a tool or room; {CommandError} when a patch does not compile.
 */
export async function buildLivepatches(request: LivepatchRequest): Promise<string[]> {
  const patches = await Promise.all(request.names.map((name) => readLivepatch(name)));
  const workshop = await openWorkshop(request);
  const { cache, sdk, target, host, jobs } = workshop;
  const source = await cache.obtain(kernelSourceStep(sdk));
  const { kernel, signingKey } = await findKernel(request.arch, workshop, source);
  const kernelRelease = (await readFile(join(kernel.directory, 'kernel.release'), 'utf8')).trim();
  const symbols = new SystemMap(await readFile(join(kernel.directory, 'System.map'), 'utf8'));
  for (const patch of patches) await checkLivepatch(patch, kernelRelease, symbols);
  const tree = await cache.obtain(moduleBuildTreeStep(target, host, { sdk, source, kernel }, jobs));
  const from = { sdk, source, tree, signingKey };
  const built: string[] = [];
  for (const patch of patches) {
    const entry = await cache.obtain(await livepatchStep(patch, request.arch, host, from));
    built.push(...instanceNames(patch).map((name) => join(entry.directory, `${name}.json`)));
    if (patch.name === request.flawed) built.push(...(await buildFlawed(workshop, patch, entry, from)));
  }
  return built;
}

async function buildFlawed(
  { cache, sdk }: Workshop,
  patch: Livepatch,
  livepatch: Entry,
  from: LivepatchSources,
): Promise<string[]> {
  const otherKey = await cache.obtain(strangersKeyStep(sdk));
  const [name = patch.name] = instanceNames(patch);
  const flawed = await cache.obtain(await flawedLivepatchStep(name, { ...from, livepatch, otherKey }));
  return FLAWS.map((flaw) => join(flawed.directory, `${flaw}.json`));
}
