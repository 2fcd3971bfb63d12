import { openImage } from '../../harness/image/open.ts';
import { describeTarget } from '../../harness/report/target.ts';
import type { Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { Events } from '../../harness/util/events.ts';
import { buildImage } from '../../images/builder/build.ts';
import type { BuildEvents } from '../../images/builder/cache/events.ts';
import { readRelease, successorOf } from '../../images/builder/config/release.ts';
import { Progress } from '../../images/builder/progress.ts';
import { needNextImage } from './next-image.ts';
import type { RunRequest } from './request.ts';
import type { Target } from './targets.ts';

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
): Promise<Target[]> {
  if (request.imagePath !== undefined) return [await givenTarget(request, request.imagePath)];
  const updating = await needNextImage(files);
  const targets: Target[] = [];
  for (const variant of request.variants) {
    for (const arch of request.archs) targets.push(await builtTarget(updating, variant, arch, signal));
  }
  return targets;
}

async function builtTarget(
  updating: boolean,
  variant: string,
  arch: Architecture,
  signal: AbortSignal,
): Promise<Target> {
  const events = new Events<BuildEvents>();
  const progress = new Progress(events, process.stderr);
  try {
    const build = { variant, arch, events, signal };
    const { manifest } = await buildImage(build);
    const osVersion = successorOf((await readRelease()).version);
    const next = updating ? (await buildImage({ ...build, osVersion })).manifest : null;
    return await targetOf(manifest, next, `--variant ${variant} --arch ${arch}`);
  } finally {
    progress.stop();
  }
}

async function givenTarget(request: RunRequest, path: string): Promise<Target> {
  const { archs, archGiven, nextImagePath: next = null } = request;
  const target = await targetOf(path, next, `--image ${path}${next === null ? '' : ` --next-image ${next}`}`);
  if (archGiven && !archs.includes(target.arch)) {
    throw new UsageError(`${path} is for ${target.arch}, not ${archs.join(', ')}; leave --arch out.`);
  }
  return target;
}

async function targetOf(path: string, nextImagePath: string | null, flags: string): Promise<Target> {
  const image = await openImage(path);
  const provenance = await describeTarget(image);
  return { name: provenance.name, arch: image.arch, imagePath: path, nextImagePath, flags, provenance };
}
