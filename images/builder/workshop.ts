import { availableParallelism } from 'node:os';

import { hostArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import type { Events } from '../../harness/util/events.ts';
import { cacheLocation } from '../../harness/util/files/cache-location.ts';
import { BUILD_TARGETS, type BuildTarget } from './architectures.ts';
import { Cache } from './cache/cache.ts';
import type { BuildEvents } from './cache/events.ts';
import type { Entry } from './cache/step.ts';
import { readSdkPackages, type SdkPackages } from './config/sdk-packages.ts';
import { debianMirror, type Mirror } from './host/mirror.ts';
import { requireHostTools } from './host/tools.ts';
import { sdkStep } from './steps/sdk.ts';

/** What every build can be asked for. */
export interface BuildOptions {
  readonly arch: Architecture;
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

/** What every build begins with. */
export interface Workshop {
  readonly target: BuildTarget;
  /** Of this machine, on which the tools run. */
  readonly host: BuildTarget;
  readonly jobs: number;
  readonly mirror: () => Promise<Mirror>;
  readonly sdkPackages: SdkPackages;
  readonly cache: Cache;
  readonly sdk: Entry;
}

/** @throws {InfrastructureError} when the host lacks a tool or room, or the mirror does not answer. */
export async function openWorkshop(options: BuildOptions): Promise<Workshop> {
  const { arch, events, signal, rebuild = false, jobs = availableParallelism() } = options;
  const host = BUILD_TARGETS[hostArchitecture()];
  const mirror = (): Promise<Mirror> => debianMirror(options.mirror);
  const sdkPackages = await readSdkPackages();
  await requireHostTools();
  const cache = new Cache(cacheLocation(), events, signal, { rebuild });
  await cache.sweep();
  const sdk = await cache.obtain(sdkStep(sdkPackages, host, mirror));
  return { target: BUILD_TARGETS[arch], host, jobs, mirror, sdkPackages, cache, sdk };
}
