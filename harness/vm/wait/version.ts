import { GuestConnectionError } from '../../guest/http/errors.ts';
import type { ApiClient } from '../../os/api/client.ts';
import type { QmpClient } from '../../qemu/qmp/client.ts';
import type { Deadline } from '../../util/deadline.ts';
import type { CrashWatch } from '../monitor/crash-watch.ts';
import type { MachineSymptom } from '../monitor/verdict/crash-error.ts';

/** A machine whose host API says which version runs. */
interface Updating {
  readonly qmp: Pick<QmpClient, 'waitForEvent'>;
  readonly api: Pick<ApiClient, 'os'>;
  waitForApi(deadline: Deadline): Promise<void>;
}

/**
 * Waits until the host API of this version answers, over as many boots as it takes. The boots in between may crash, hang
 * until the watchdog expires, or answer as another version.
 *
 * @returns what went wrong on the way.
 */
export async function waitForVersion(
  vm: Updating,
  watch: CrashWatch,
  version: string,
  deadline: Deadline,
): Promise<readonly MachineSymptom[]> {
  const trouble = watch.tolerate();
  try {
    for (;;) {
      // From before the question on, so that no reset falls between an answer and the wait for the next boot.
      const reset = vm.qmp.waitForEvent(
        'RESET',
        deadline.within(deadline.remainingMs(), `a boot of ${version} after one of another version`),
      );
      reset.catch(() => undefined);
      await vm.waitForApi(deadline);
      if ((await versionOf(vm, deadline)) === version) return trouble;
      await reset;
    }
  } finally {
    watch.tolerateNoMore();
  }
}

/** Undefined when the machine was reset in between. */
async function versionOf(vm: Updating, deadline: Deadline): Promise<string | undefined> {
  try {
    return (await vm.api.os({ deadline })).version_id;
  } catch (error) {
    if (error instanceof GuestConnectionError) return undefined;
    throw error;
  }
}
