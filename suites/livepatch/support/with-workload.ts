import { livepatchSuite } from '../../../harness/index.ts';
import { withWorkload } from '../../support/workload.ts';

/** `livepatchSuite` with a `vm` that can run containers of the workload, too. Call it once, at the top of the file. */
export function livepatchWithWorkload() {
  return livepatchSuite().extend('vm', ({ machines, registry, repository, workloads, image }) =>
    machines.fork({ services: [registry, repository] }, { preparation: withWorkload(image, workloads) }),
  );
}
