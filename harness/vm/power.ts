import { setTimeout as sleep } from 'node:timers/promises';

import type { ApiClient } from '../os/api/client.ts';
import type { QmpClient } from '../qemu/qmp/client.ts';
import type { Deadline } from '../util/deadline.ts';
import { ImageError } from '../util/errors.ts';
import type { Connections } from './connections.ts';
import type { CrashWatch } from './monitor/crash-watch.ts';

const PRESS_AGAIN_MS = 3000;

/** A machine whose buttons can be pressed. */
interface WithButtons {
  readonly qmp: Pick<QmpClient, 'execute' | 'waitForEvent'>;
}

/** A machine whose guest can be asked for a reboot. */
interface Rebootable extends WithButtons {
  readonly api: Pick<ApiClient, 'reboot'>;
  bootId(deadline: Deadline): Promise<string>;
  waitForApi(deadline: Deadline): Promise<void>;
}

/** @throws {ImageError} when what answers in the end is still the same boot. */
export async function rebootThroughApi(vm: Rebootable, watch: CrashWatch, deadline: Deadline): Promise<void> {
  const before = await vm.bootId(deadline);
  watch.expect('RESET');
  const reset = vm.qmp.waitForEvent(
    'RESET',
    deadline.within(deadline.remainingMs(), 'the guest to reset the machine'),
  );
  await Promise.all([vm.api.reboot({ deadline }), reset]);
  await vm.waitForApi(deadline);
  const after = await vm.bootId(deadline);
  if (after === before) {
    throw new ImageError(`The machine was reset, but its kernel still calls the boot ${before}.`);
  }
}

export async function resetByQmp(vm: WithButtons, watch: CrashWatch, deadline: Deadline): Promise<void> {
  watch.expect('RESET');
  const reset = vm.qmp.waitForEvent('RESET', deadline);
  await Promise.all([vm.qmp.execute('system_reset', undefined, deadline), reset]);
}

/** A machine whose end can be seen. */
interface Ending extends WithButtons {
  readonly exited: Promise<unknown>;
  readonly connections: Pick<Connections, 'console' | 'journal'>;
}

/** Until QEMU has ended. The button is pressed repeatedly: a guest that is still booting ignores it. */
export async function shutdownByButton(vm: Ending, watch: CrashWatch, deadline: Deadline): Promise<void> {
  watch.expect('SHUTDOWN');
  const off = vm.qmp
    .waitForEvent('SHUTDOWN', deadline.within(deadline.remainingMs(), 'the guest to switch the machine off'))
    .then(() => true);
  // When pressing fails, its error is the one that counts.
  off.catch(() => undefined);
  for (let isOff = false; !isOff;) {
    await vm.qmp.execute('system_powerdown', undefined, deadline);
    isOff = await Promise.race([off, sleep(PRESS_AGAIN_MS, false, { ref: false })]);
  }
  await deadline.race(vm.exited, () => 'the guest is off, QEMU is not');
  const { console, journal } = vm.connections;
  // What the guest said last may still be on its way from a QEMU that is gone.
  await deadline.race(Promise.all([console.closed, journal.closed]));
}
