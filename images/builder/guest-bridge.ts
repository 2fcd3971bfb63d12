import { join } from 'node:path';

import { GUEST_BRIDGE, guestBridgeStep } from './steps/guest-bridge.ts';
import type { Workshop } from './workshop.ts';

/** @returns the guest's end of the bridge as a program of this host, with which unit tests talk. */
export async function obtainGuestBridge({
  cache,
  sdk,
  host,
}: Pick<Workshop, 'cache' | 'sdk' | 'host'>): Promise<string> {
  const bridge = await cache.obtain(await guestBridgeStep(host, sdk, cache.root));
  return join(bridge.directory, GUEST_BRIDGE);
}
