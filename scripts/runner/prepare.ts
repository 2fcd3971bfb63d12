import { openImage, type Image } from '../../harness/image/open.ts';
import { describeTarget } from '../../harness/report/target.ts';
import type { Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { checkDiskSize } from '../../harness/vm/spec.ts';
import { buildImage, nextVersion } from '../../images/builder/build.ts';
import { buildLivepatches, type LivepatchRequest } from '../../images/builder/build-livepatches.ts';
import { buildWorkloads } from '../../images/builder/build-workloads.ts';
import { listLivepatches } from '../../images/builder/config/livepatch.ts';
import { tellProgress } from '../cli/notice.ts';
import { showProgress } from '../cli/show-progress.ts';
import { needsOf, type Needs } from './plan/built-fixtures.ts';
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
  const needs = await needsOf(files);
  if (request.imagePath !== undefined) return [await givenTarget(request, request.imagePath, needs, signal)];
  const targets: TestTarget[] = [];
  for (const variant of request.variants) {
    for (const arch of request.archs)
      targets.push(await builtTarget({ request, needs, variant, arch }, signal));
  }
  return targets;
}

interface WantedImage {
  readonly request: RunRequest;
  readonly needs: Needs;
  readonly variant: string;
  readonly arch: Architecture;
}

function builtTarget(
  { request, needs, variant, arch }: WantedImage,
  signal: AbortSignal,
): Promise<TestTarget> {
  return showProgress(async (events) => {
    const build = { variant, arch, events, signal };
    const { manifest } = await buildImage(build);
    const nextImagePath = needs.nextImage
      ? (await buildImage({ ...build, ...(await nextVersion()) })).manifest
      : null;
    const workloadsPath = needs.workloads ? await buildWorkloads(build) : null;
    const livepatchPaths = needs.livepatches
      ? await buildLivepatches({ ...build, ...(await forSuites()) })
      : null;
    const chosen = ['--variant', variant, '--arch', arch];
    const image = await openImage(manifest, { signal, profile: request.profile });
    const built = { nextImagePath, workloadsPath, livepatchPaths };
    return targetOf(request, image, { path: manifest, ...built, chosen });
  });
}

/** All patches that there are, and one of them with flaws. */
async function forSuites(): Promise<Pick<LivepatchRequest, 'names' | 'flawed'>> {
  return { names: await listLivepatches(), flawed: 'proc-version' };
}

async function givenTarget(
  request: RunRequest,
  path: string,
  needs: Needs,
  signal: AbortSignal,
): Promise<TestTarget> {
  const { archs, archGiven, nextImagePath = null } = request;
  const options = { signal, notice: tellProgress, ...(archGiven && archs[0] && { arch: archs[0] }) };
  // Unpacked now, where it can be seen and interrupted, rather than by the first test that needs it.
  if (nextImagePath !== null) await openImage(nextImagePath, options);
  const image = await openImage(path, { ...options, profile: request.profile });
  const { arch, capabilities } = image;
  if (archGiven && !archs.includes(arch)) {
    throw new UsageError(`${path} is for ${arch}, not ${archs.join(', ')}; leave --arch out.`);
  }
  // An SDK is made for it, which is too much for an image whose tests will be skipped.
  const runsContainers = capabilities.has('cri') || capabilities.has('docker');
  const workloadsPath =
    needs.workloads && runsContainers
      ? await showProgress((events) => buildWorkloads({ arch, events, signal }))
      : null;
  const given = { path, nextImagePath, workloadsPath, livepatchPaths: null, chosen: ['--image', path] };
  return targetOf(request, image, given);
}

interface Given extends Pick<TestTarget, 'nextImagePath' | 'workloadsPath' | 'livepatchPaths'> {
  readonly path: string;
  /** The flags that chose it. */
  readonly chosen: readonly string[];
}

async function targetOf(
  request: RunRequest,
  image: Image,
  { path, nextImagePath, workloadsPath, livepatchPaths, chosen }: Given,
): Promise<TestTarget> {
  const { diskSizeBytes, profile } = request;
  if (diskSizeBytes !== undefined) checkDiskSize(image, diskSizeBytes);
  const provenance = await describeTarget(image);
  return {
    ...{ name: provenance.name, arch: image.arch, provenance },
    ...{ imagePath: path, nextImagePath, workloadsPath, livepatchPaths, profile: profile ?? null },
    imageFlags: imageFlags(chosen, request),
    testFlags: testFlags(request),
  };
}
