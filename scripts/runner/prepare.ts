import { openImage, type OpenOptions } from '../../harness/image/open.ts';
import { describeTarget } from '../../harness/report/target.ts';
import type { Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { checkDiskSize } from '../../harness/vm/spec.ts';
import { buildImage } from '../../images/builder/build.ts';
import { readRelease, successorOf } from '../../images/builder/config/release.ts';
import { tellProgress } from '../cli/notice.ts';
import { showProgress } from '../cli/show-progress.ts';
import { needNextImage } from './plan/next-image.ts';
import { imageFlags, testFlags } from './plan/repeat-flags.ts';
import type { RunRequest } from './request.ts';
import type { TestTarget } from './plan/targets.ts';

/**
 * Builds the images that were asked for, or opens the one that was given, and finds what boots them.
 *
 * @param files the suite files that will run.
 * @throws {UsageError} for an image that can't be tested; {InfrastructureError} when this host can't boot it.
 */
export async function prepareTargets(
  request: RunRequest,
  files: readonly string[],
  signal: AbortSignal,
): Promise<TestTarget[]> {
  if (request.imagePath !== undefined) return [await givenTarget(request, request.imagePath, signal)];
  const updating = await needNextImage(files);
  const targets: TestTarget[] = [];
  for (const variant of request.variants) {
    for (const arch of request.archs)
      targets.push(await builtTarget({ request, updating, variant, arch }, signal));
  }
  return targets;
}

interface WantedImage {
  readonly request: RunRequest;
  /** Whether suites need another version of it. */
  readonly updating: boolean;
  readonly variant: string;
  readonly arch: Architecture;
}

function builtTarget(
  { request, updating, variant, arch }: WantedImage,
  signal: AbortSignal,
): Promise<TestTarget> {
  return showProgress(async (events) => {
    const build = { variant, arch, events, signal };
    const { manifest } = await buildImage(build);
    const osVersion = successorOf((await readRelease()).version);
    const next = updating ? (await buildImage({ ...build, osVersion })).manifest : null;
    const chosen = ['--variant', variant, '--arch', arch];
    return targetOf(request, { path: manifest, nextImagePath: next, chosen }, { signal });
  });
}

async function givenTarget(request: RunRequest, path: string, signal: AbortSignal): Promise<TestTarget> {
  const { archs, archGiven, nextImagePath = null } = request;
  const options = { signal, notice: tellProgress, ...(archGiven && archs[0] && { arch: archs[0] }) };
  // Unpacked now, where it can be seen and interrupted, rather than by the first test that needs it.
  if (nextImagePath !== null) await openImage(nextImagePath, options);
  const target = await targetOf(request, { path, nextImagePath, chosen: ['--image', path] }, options);
  if (archGiven && !archs.includes(target.arch)) {
    throw new UsageError(`${path} is for ${target.arch}, not ${archs.join(', ')}; leave --arch out.`);
  }
  return target;
}

interface Given extends Pick<TestTarget, 'nextImagePath'> {
  readonly path: string;
  /** The flags that chose it. */
  readonly chosen: readonly string[];
}

async function targetOf(
  request: RunRequest,
  { path, nextImagePath, chosen }: Given,
  options: OpenOptions,
): Promise<TestTarget> {
  const { diskSizeBytes, profile } = request;
  const image = await openImage(path, { ...options, profile });
  if (diskSizeBytes !== undefined) checkDiskSize(image, diskSizeBytes);
  const provenance = await describeTarget(image);
  return {
    ...{ name: provenance.name, arch: image.arch, provenance },
    ...{ imagePath: path, nextImagePath, profile: profile ?? null },
    imageFlags: imageFlags(chosen, request),
    testFlags: testFlags(request),
  };
}
