import type { containerSuite } from '../../../harness/index.ts';
import { containersOf, withWorkload } from '../../support/workload.ts';

/**
 * Makes of `containerSuite()` the `test` of a file about containers that run. `vm` is a fork of a machine that has pulled the image and run its
 * first container, `containers` is its runtime, whichever that is.
 */
export function running(base: ReturnType<typeof containerSuite>) {
  return base
    .extend('vm', ({ machines, registry, workloads, image }) =>
      machines.fork({ services: [registry] }, { preparation: withWorkload(image, workloads) }),
    )
    .extend('containers', ({ vm, image }) => containersOf(vm, image));
}
