import { join } from 'node:path';

import { hostArchitecture } from '../../harness/util/architecture.ts';
import { Events } from '../../harness/util/events.ts';
import type { BuildEvents } from '../../images/builder/cache/events.ts';
import { BuildProgress } from '../../images/builder/progress.ts';
import { GUEST_BRIDGE, guestBridgeStep } from '../../images/builder/steps/guest-bridge.ts';
import { openWorkshop } from '../../images/builder/workshop.ts';

/** @returns the guest's end of the bridge as a program of this host, with which unit tests talk. */
export async function buildGuestBridge(signal: AbortSignal): Promise<string> {
  const events = new Events<BuildEvents>();
  const progress = new BuildProgress(events, process.stderr);
  try {
    const { cache, sdk, host } = await openWorkshop({ arch: hostArchitecture(), events, signal });
    const bridge = await cache.obtain(await guestBridgeStep(host, sdk, cache.root));
    return join(bridge.directory, GUEST_BRIDGE);
  } finally {
    progress.stop();
  }
}
