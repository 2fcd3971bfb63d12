import { hostArchitecture } from '../../harness/util/architecture.ts';
import { obtainGuestBridge } from '../../images/builder/guest-bridge.ts';
import { openWorkshop } from '../../images/builder/workshop.ts';
import { showProgress } from '../cli/show-progress.ts';

/** @returns the guest's end of the bridge, for unit tests. */
export function buildGuestBridge(signal: AbortSignal): Promise<string> {
  return showProgress(async (events) =>
    obtainGuestBridge(await openWorkshop({ arch: hostArchitecture(), events, signal })),
  );
}
