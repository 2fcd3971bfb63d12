import { join } from 'node:path';

import { imageStep } from './steps/image.ts';
import { signingKeyStep } from './steps/module-signing-key.ts';
import { kernelSourceStep } from './steps/kernel-source.ts';
import { kernelStep } from './steps/kernel.ts';
import { packagesStep } from './steps/packages.ts';
import { programsStep } from './steps/programs.ts';
import { readRelease } from './config/release.ts';
import { mergeContents, readRootContents } from './config/root-contents.ts';
import { rootStep } from './steps/root.ts';
import { updateKeysStep } from './steps/update-keys.ts';
import { readVariant } from './config/variant.ts';
import { openWorkshop, type BuildOptions } from './workshop.ts';

export interface BuildRequest extends BuildOptions {
  readonly variant: string;
  /** Version of the OS, such as 1.2.3; default: the one in release.toml. */
  readonly osVersion?: string | undefined;
}

export interface BuiltImage {
  /** Absolute path of image.json. */
  readonly manifest: string;
}

/**
 * Builds an image, or finds it in the cache.
 *
 * @throws {UsageError} for an unknown variant, a wrong version or data file; {InfrastructureError} when the host lacks a tool or
 * room, or the mirror does not answer; {CommandError} when something does not compile.
 */
export async function buildImage(request: BuildRequest): Promise<BuiltImage> {
  const { arch } = request;
  const variant = await readVariant(request.variant);
  const contents = mergeContents(await readRootContents(arch), variant.root);
  const release = await readRelease(request.osVersion);
  const { target, host, jobs, mirror, sdkPackages, cache, sdk } = await openWorkshop(request);
  const packages = await cache.obtain(
    await packagesStep(Object.keys(contents.packages), target, sdk, sdkPackages, mirror),
  );
  const programs = await cache.obtain(await programsStep(target, host, sdk, cache.root, jobs));
  const signingKey = await cache.obtain(signingKeyStep(sdk));
  const source = await cache.obtain(kernelSourceStep(sdk));
  const kernel = await cache.obtain(
    await kernelStep(arch, host, { sdk, source, signingKey }, release, cache.root, jobs),
  );
  const updateKeys = await cache.obtain(updateKeysStep(release));
  const root = await cache.obtain(
    await rootStep(variant, target, { sdk, packages, programs, kernel, updateKeys, contents }, release),
  );
  const image = await cache.obtain(
    await imageStep(variant, arch, { sdk, kernel, programs, updateKeys, root }, release),
  );
  return { manifest: join(image.directory, 'image.json') };
}
