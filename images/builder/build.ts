import { join } from 'node:path';

import { readGoProgram } from './go/program.ts';
import { goProgramStep } from './steps/go-program.ts';
import { imageStep } from './steps/image.ts';
import { signingKeyStep } from './kernel/signing-key-step.ts';
import { kernelSourceStep } from './kernel/source-step.ts';
import { FIRST_BUILD, kernelStep } from './kernel/step.ts';
import type { GoEntry } from './root/populate.ts';
import { packagesStep } from './steps/packages.ts';
import { programsStep } from './steps/programs.ts';
import { readRelease, successorOf } from './config/release.ts';
import { mergeContents, packagesOf, readRootContents } from './config/root-contents.ts';
import { rootStep } from './steps/root.ts';
import { obtainUpdateKeys } from './update-keys.ts';
import { readVariant } from './config/variant.ts';
import { IMAGE_STEPS } from './time-left.ts';
import { openWorkshop, type BuildOptions } from './workshop.ts';

export interface BuildRequest extends BuildOptions {
  readonly variant: string;
  /** Version of the OS, such as 1.2.3; default: the one in release.toml. */
  readonly osVersion?: string | undefined;
  /** Build number of the kernel; default: the first. */
  readonly kernelBuild?: number | undefined;
}

/**
 * What a machine that runs this tree's image can be updated to. It has a kernel of its own, as the next version mostly
 * does.
 */
export async function nextVersion(): Promise<Required<Pick<BuildRequest, 'osVersion' | 'kernelBuild'>>> {
  return { osVersion: successorOf((await readRelease()).version), kernelBuild: FIRST_BUILD + 1 };
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
  const { arch, events } = request;
  events.emit('ahead', { steps: IMAGE_STEPS });
  const variant = await readVariant(request.variant);
  const contents = mergeContents(await readRootContents(arch), variant.root);
  const release = await readRelease(request.osVersion);
  const { target, host, jobs, mirror, sdkPackages, cache, sdk } = await openWorkshop(request);
  const packages = await cache.obtain(
    await packagesStep(packagesOf(contents), target, sdk, sdkPackages, mirror),
  );
  const programs = await cache.obtain(await programsStep(target, host, sdk, cache.root, jobs));
  const goPrograms: GoEntry[] = [];
  for (const [name, directory] of Object.entries(contents.go)) {
    const step = await goProgramStep(await readGoProgram(name), target, host, sdk, cache.root);
    goPrograms.push({ directory, entry: await cache.obtain(step) });
  }
  const signingKey = await cache.obtain(signingKeyStep(sdk));
  const source = await cache.obtain(kernelSourceStep(sdk));
  const kernelBuild = { release, number: request.kernelBuild ?? FIRST_BUILD };
  const kernel = await cache.obtain(
    await kernelStep(arch, host, { sdk, source, signingKey }, kernelBuild, cache.root, jobs),
  );
  const updateKeys = await obtainUpdateKeys(release, request.signal);
  const root = await cache.obtain(
    await rootStep(
      variant,
      target,
      { sdk, packages, programs, goPrograms, kernel, updateKeys, contents },
      release,
    ),
  );
  const image = await cache.obtain(
    await imageStep(variant, arch, { sdk, kernel, programs, updateKeys, root }, release),
  );
  return { manifest: join(image.directory, 'image.json') };
}
