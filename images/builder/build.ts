import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { hostArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import type { Events } from '../../harness/util/events.ts';
import { BUILD_TARGETS } from './architectures.ts';
import { Cache } from './cache/cache.ts';
import type { BuildEvents } from './cache/events.ts';
import { cacheLocation } from '../../harness/util/files/cache-location.ts';
import { debianMirror } from './host/mirror.ts';
import { requireHostTools } from './host/tools.ts';
import { imageStep } from './steps/image.ts';
import { signingKeyStep } from './steps/module-signing-key.ts';
import { kernelSourceStep } from './steps/kernel-source.ts';
import { kernelStep } from './steps/kernel.ts';
import { packagesStep } from './steps/packages.ts';
import { programsStep } from './steps/programs.ts';
import { readRelease } from './config/release.ts';
import { mergeContents, readRootContents } from './config/root-contents.ts';
import { rootStep } from './steps/root.ts';
import { readSdkPackages } from './config/sdk-packages.ts';
import { sdkStep } from './steps/sdk.ts';
import { updateKeysStep } from './steps/update-keys.ts';
import { readVariant } from './config/variant.ts';

export interface BuildRequest {
  readonly variant: string;
  readonly arch: Architecture;
  /** Version of the OS, such as 1.2.3; default: the one in release.toml. */
  readonly osVersion?: string | undefined;
  /** URL of a mirror of Debian; default: the host's own. */
  readonly mirror?: string | undefined;
  /** Compilers at a time; default: as many as the host has processors. */
  readonly jobs?: number | undefined;
  /** Repeats every step, even those that are in the cache. */
  readonly rebuild?: boolean | undefined;
  readonly events: Events<BuildEvents>;
  /** Aborting it ends the build at once, with all that it started, and leaves nothing half-made. */
  readonly signal: AbortSignal;
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
  const { arch, events, signal } = request;
  const target = BUILD_TARGETS[arch];
  const host = BUILD_TARGETS[hostArchitecture()];
  const jobs = request.jobs ?? availableParallelism();
  const mirror = (): Promise<string> => debianMirror(request.mirror);

  const variant = await readVariant(request.variant);
  const contents = mergeContents(await readRootContents(arch), variant.root);
  const release = await readRelease(request.osVersion);
  const sdkPackages = await readSdkPackages();
  await requireHostTools();

  const cache = new Cache(cacheLocation(), events, signal, { rebuild: request.rebuild ?? false });
  await cache.sweep();
  const sdk = await cache.obtain(sdkStep(sdkPackages, host, mirror));
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
