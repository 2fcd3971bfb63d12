import { openImage } from '../../harness/image/open.ts';
import { describeTarget } from '../../harness/report/target.ts';
import type { Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { Events } from '../../harness/util/events.ts';
import { buildImage } from '../../images/builder/build.ts';
import type { BuildEvents } from '../../images/builder/cache/events.ts';
import { readRelease, successorOf } from '../../images/builder/config/release.ts';
import { BuildProgress } from '../../images/builder/progress.ts';
import type { RunRequest } from './request.ts';
import type { TestTarget } from './targets.ts';

/** Suites that need a version to update to. */
const UPDATING_SUITES: ReadonlySet<string> = new Set(['updates']);

/**
 * Builds the images that were asked for, or opens the one that was given, and finds what boots them.
 *
 * @throws {UsageError} for an image that can't be tested; {InfrastructureError} when this host can't boot it.
 */
export async function prepareTargets(request: RunRequest, signal: AbortSignal): Promise<TestTarget[]> {
  if (request.imagePath !== undefined) return [await givenTarget(request, request.imagePath)];
  const targets: TestTarget[] = [];
  for (const variant of request.variants) {
    for (const arch of request.archs) targets.push(await builtTarget(request, variant, arch, signal));
  }
  return targets;
}

async function builtTarget(
  request: RunRequest,
  variant: string,
  arch: Architecture,
  signal: AbortSignal,
): Promise<TestTarget> {
  const events = new Events<BuildEvents>();
  const progress = new BuildProgress(events, process.stderr);
  try {
    const build = { variant, arch, events, signal };
    const { manifest } = await buildImage(build);
    const osVersion = successorOf((await readRelease()).version);
    const next = request.suites.some((suite) => UPDATING_SUITES.has(suite.replace(/\/.*/, '')))
      ? (await buildImage({ ...build, osVersion })).manifest
      : null;
    return await targetOf(manifest, next, request, `--variant ${variant} --arch ${arch}`);
  } finally {
    progress.stop();
  }
}

async function givenTarget(request: RunRequest, path: string): Promise<TestTarget> {
  const { archs, archGiven, nextImagePath: next = null } = request;
  const flags = next === null ? `--image ${path}` : `--image ${path} --next-image ${next}`;
  const target = await targetOf(path, next, request, flags);
  if (archGiven && !archs.includes(target.arch)) {
    throw new UsageError(`${path} is for ${target.arch}, not ${archs.join(', ')}; leave --arch out.`);
  }
  return target;
}

async function targetOf(
  path: string,
  nextImagePath: string | null,
  { profile, ownSuites }: RunRequest,
  imageFlags: string,
): Promise<TestTarget> {
  const image = await openImage(path, { profile });
  const provenance = await describeTarget(image);
  const more = [
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
    ...(ownSuites === undefined ? [] : [`--suites ${ownSuites}`]),
  ];
  return {
    ...{ name: provenance.name, arch: image.arch, provenance },
    ...{ imagePath: path, nextImagePath, profile: profile ?? null },
    flags: [imageFlags, ...more].join(' '),
  };
}
