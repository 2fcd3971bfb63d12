import { join } from 'node:path';

import { hostArchitecture } from '../../../harness/util/architecture.ts';
import { goProgramStep } from '../../../images/builder/steps/go-program.ts';
import { openWorkshop } from '../../../images/builder/workshop.ts';
import { showProgress } from '../../cli/show-progress.ts';
import type { Gate } from '../gate.ts';
import { commandGate } from '../node-gates.ts';

/** Its go.mod names the version, its go.sum what that is made of. */
const ACTIONLINT = {
  ...{ name: 'actionlint', directory: join(import.meta.dirname, '../../../ci/lint') },
  ...{ tags: [], links: [] },
};

/**
 * Builds actionlint with the SDK's Go, or finds it in the cache: the host needs none.
 *
 * @throws what a build throws.
 */
export function prepareWorkflowGate(signal: AbortSignal): Promise<Gate> {
  return showProgress(async (events) => {
    const { cache, sdk, host } = await openWorkshop({ arch: hostArchitecture(), events, signal });
    const step = await goProgramStep(ACTIONLINT, host, host, sdk, cache.root);
    const { directory } = await cache.obtain(step);
    // Whether the host has shellcheck or pyflakes must not decide what is wrong.
    const lint = [join(directory, 'bin/actionlint'), '-shellcheck=', '-pyflakes=', '-no-color'] as const;
    return commandGate('workflows', lint, signal);
  });
}
