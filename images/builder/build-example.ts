import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { hostArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import { cacheLocation } from '../../harness/util/files/cache-location.ts';
import type { Events } from '../../harness/util/events.ts';
import { BUILD_TARGETS } from './architectures.ts';
import { Cache } from './cache/cache.ts';
import type { BuildEvents } from './cache/events.ts';
import { readSdkPackages } from './config/sdk-packages.ts';
import { readExample } from './example/example.ts';
import { debianMirror } from './host/mirror.ts';
import { requireHostTools } from './host/tools.ts';
import { EXAMPLE_DISK, exampleDiskStep } from './steps/example-disk.ts';
import { exampleRootStep } from './steps/example-root.ts';
import { packagesStep } from './steps/packages.ts';
import { programsStep } from './steps/programs.ts';
import { sdkStep } from './steps/sdk.ts';

export interface ExampleRequest {
  /** A name that `listExamples` gives, such as debian or debian-silent. */
  readonly example: string;
  readonly arch: Architecture;
  /** URL of a mirror of Debian; default: the host's own. */
  readonly mirror?: string | undefined;
  /** Compilers at a time; default: as many as the host has processors. */
  readonly jobs?: number | undefined;
  /** Makes every step again, even those that are in the cache. */
  readonly rebuild?: boolean | undefined;
  readonly events: Events<BuildEvents>;
  /** Aborting it ends the build at once, with all that it started, and leaves nothing half-made. */
  readonly signal: AbortSignal;
}

export interface BuiltExample {
  /** Absolute path of a qcow2 disk. It is an entry of the cache: boot it through an overlay. */
  readonly disk: string;
}

/**
 * Builds a disk with an operating system that is not Hotfire's, or finds it in the cache.
 *
 * @throws {UsageError} for an unknown example or a wrong data file; {InfrastructureError} when the host lacks a tool or room,
 * or the mirror does not answer; {CommandError} when a tool fails.
 */
export async function buildExample(request: ExampleRequest): Promise<BuiltExample> {
  const { arch, events, signal } = request;
  const target = BUILD_TARGETS[arch];
  const host = BUILD_TARGETS[hostArchitecture()];
  const jobs = request.jobs ?? availableParallelism();
  const mirror = (): Promise<string> => debianMirror(request.mirror);

  const example = await readExample(request.example, arch);
  const sdkPackages = await readSdkPackages();
  await requireHostTools();

  const cache = new Cache(cacheLocation(), events, signal, { rebuild: request.rebuild ?? false });
  await cache.sweep();
  const sdk = await cache.obtain(sdkStep(sdkPackages, host, mirror));
  const packages = await cache.obtain(
    await packagesStep(example.packages, target, sdk, { suite: example.suite }, mirror),
  );
  const programs =
    example.programs.length === 0
      ? undefined
      : await cache.obtain(await programsStep(target, host, sdk, cache.root, jobs));
  const root = await cache.obtain(await exampleRootStep(example, target, { sdk, packages, programs }));
  const disk = await cache.obtain(await exampleDiskStep(request.example, example, target, { sdk, root }));
  return { disk: join(disk.directory, EXAMPLE_DISK) };
}
