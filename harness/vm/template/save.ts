import type { QmpClient } from '../../qemu/qmp/client.ts';
import { QmpCommandError } from '../../qemu/qmp/errors.ts';
import type { Deadline } from '../../util/deadline.ts';
import { CannotFreezeError } from '../fork/errors.ts';
import { saveState } from '../fork/state.ts';

/**
 * Stops a machine and saves its state, without its memory.
 *
 * @throws {CannotFreezeError} when QEMU refuses: machines of this kind can't be saved.
 * @throws {InfrastructureError} when it fails, which says nothing about the machine.
 */
export async function saveForForks(
  qmp: QmpClient,
  { deadline, ...target }: { path: string; socket: string; deadline: Deadline },
): Promise<void> {
  try {
    await qmp.execute('stop', undefined, deadline);
    await saveState(qmp, 'in-file', { ...target, deadline });
  } catch (error) {
    if (!(error instanceof QmpCommandError)) throw error;
    throw new CannotFreezeError(error.message, { cause: error });
  }
}
