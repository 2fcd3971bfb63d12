import { Deadline } from '../../util/deadline.ts';
import type { Vm } from '../vm.ts';

const QMP_MS = 5000;

/**
 * Stops the processors of a machine at the moment it fails, so that its memory is as it was then, and not as the reset
 * leaves it that follows a panic. A failure that is expected stops nothing. Resolves when the machine has failed or is off.
 */
export async function stopWhenFailed(vm: Vm): Promise<void> {
  await vm.guard(new Promise<never>(() => undefined)).catch(() => undefined);
  if (vm.failure === undefined || !vm.isOn) return;
  const deadline = Deadline.after(QMP_MS, 'the machine to be stopped');
  // A QEMU that is gone has stopped already.
  await vm.connections.qmp.execute('stop', undefined, deadline).catch(() => undefined);
}
