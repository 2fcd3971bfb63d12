import { workloadsStep } from './steps/workloads.ts';
import { openWorkshop, type BuildOptions } from './workshop.ts';

/**
 * Builds the images of containers that suites run, or finds them in the cache.
 *
 * @returns the absolute path of an OCI layout.
 * @throws {InfrastructureError} when the host lacks a tool or room, or the mirror does not answer; {CommandError} when
 * something does not compile.
 */
export async function buildWorkloads(options: BuildOptions): Promise<string> {
  const { target, host, cache, sdk } = await openWorkshop(options);
  const { directory } = await cache.obtain(await workloadsStep(target, host, sdk, cache.root));
  return directory;
}
