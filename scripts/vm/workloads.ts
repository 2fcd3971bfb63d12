import type { Image } from '../../harness/image/open.ts';
import { readLayout } from '../../harness/services/oci/read-layout.ts';
import { serveRegistry, type Registry } from '../../harness/services/registry/registry.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { buildWorkloads } from '../../images/builder/build-workloads.ts';
import { showProgress } from '../cli/show-progress.ts';

/**
 * A registry that serves the images of containers that suites use, as a mirror of Docker's own.
 *
 * @returns undefined when none was asked for.
 * @throws {UsageError} for an image that runs no containers, and what `buildWorkloads` throws.
 */
export async function offerWorkloads(
  isAsked: boolean,
  { arch, capabilities, path }: Image,
  signal: AbortSignal,
): Promise<Registry | undefined> {
  if (!isAsked) return undefined;
  if (!capabilities.has('cri') && !capabilities.has('docker')) {
    throw new UsageError(`${path} has neither of the capabilities cri and docker; leave --workloads out.`);
  }
  const layout = await showProgress((events) => buildWorkloads({ arch, events, signal }));
  return serveRegistry(await readLayout(layout));
}
