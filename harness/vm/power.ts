import type { Deadline } from '../util/deadline.ts';
import { ImageError } from '../util/errors.ts';
import type { CrashWatch } from './crash-watch.ts';
import type { Vm } from './vm.ts';

/** @throws {ImageError} when what answers in the end is still the same boot. */
export async function rebootThroughApi(vm: Vm, watch: CrashWatch, deadline: Deadline): Promise<void> {
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

export async function resetByQmp(vm: Vm, watch: CrashWatch, deadline: Deadline): Promise<void> {
  watch.expect('RESET');
  const reset = vm.qmp.waitForEvent('RESET', deadline);
  await vm.qmp.execute('system_reset', undefined, deadline);
  await reset;
}

export async function shutdownByButton(vm: Vm, watch: CrashWatch, deadline: Deadline): Promise<void> {
  watch.expect('SHUTDOWN');
  const shutdown = vm.qmp.waitForEvent(
    'SHUTDOWN',
    deadline.within(deadline.remainingMs(), 'the guest to switch the machine off'),
  );
  await vm.qmp.execute('system_powerdown', undefined, deadline);
  await shutdown;
}
