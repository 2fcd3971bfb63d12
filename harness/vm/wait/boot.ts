import type { Journal } from '../../guest/journal/journal.ts';
import type { Capability } from '../../os/capabilities.ts';
import type { Deadline } from '../../util/deadline.ts';

/** SD_MESSAGE_STARTUP_FINISHED of sd-messages(3): systemd has no start job left, whether all went well or not. */
const STARTUP_FINISHED = 'b07a249cd024414a82dd00cd181378ff';

/** Whether a guest of such an image says when its boot has nothing left to start. */
export function showsEndOfBoot(capabilities: ReadonlySet<Capability>): boolean {
  return (['bridge', 'journal-port', 'report.system'] as const).every((one) => capabilities.has(one));
}

/** A machine whose journal says what its boot does. */
interface Booting {
  readonly journal: Pick<Journal, 'waitFor'>;
  bootId(deadline: Deadline): Promise<string>;
}

/** Waits until the present boot has nothing more to start. */
export async function waitForBoot(vm: Booting, deadline: Deadline): Promise<void> {
  const boot = (await vm.bootId(deadline)).replaceAll('-', '');
  await vm.journal.waitFor(
    ({ raw, bootId }) => raw['MESSAGE_ID'] === STARTUP_FINISHED && bootId === boot,
    deadline,
  );
}
