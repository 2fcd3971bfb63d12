import { newIdentity } from '../../guest/bridge/renewal.ts';
import type { Deadline } from '../../util/deadline.ts';
import { ImageError, InfrastructureError, WaitTimeoutError } from '../../util/errors.ts';
import type { Connections } from '../connections.ts';
import { loadState } from './state.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Lets a machine run on from the snapshot. The first that the guest gets to read is its renewal, if it has a bridge.
 *
 * @throws {ImageError} when the guest can't be renewed or turns out not to be the frozen one; {InfrastructureError} when
 *   it does not wake up: it was well when it was frozen, so what froze or woke it has failed.
 */
export async function resume(
  { nonce }: Pick<Snapshot, 'nonce'>,
  { qmp, bridge }: Pick<Connections, 'qmp' | 'bridge'>,
  deadline: Deadline,
): Promise<void> {
  if (nonce === undefined) {
    await wake(qmp, deadline);
    return;
  }
  const renewal = bridge.renew(newIdentity(), deadline);
  renewal.catch(() => undefined);
  await wake(qmp, deadline);
  const { previousNonce, faults } = await renewal.catch(asInfrastructure);
  if (!previousNonce.equals(nonce)) {
    throw new ImageError(
      'The fork does not remember what was planted in it: it is another guest, or has booted again.',
    );
  }
  if (faults !== '') throw new ImageError(`The fork could not be renewed: ${faults}`);
}

async function wake(qmp: Connections['qmp'], deadline: Deadline): Promise<void> {
  await loadState(qmp, 'in-file', deadline);
  await qmp.execute('cont', undefined, deadline);
}

function asInfrastructure(error: unknown): never {
  if (!(error instanceof WaitTimeoutError)) throw error;
  throw new InfrastructureError(`A fork did not wake up: ${error.message}`, { cause: error });
}
