import type { Bridge } from '../../guest/bridge/bridge.ts';
import { plantedNonce } from '../../guest/bridge/renewal.ts';
import type { Deadline } from '../../util/deadline.ts';
import { CannotFreezeError } from './errors.ts';

/** A machine whose guest can be given an identity. */
export interface Renewable {
  readonly bridge: Pick<Bridge, 'canRenew' | 'renew'>;
}

/**
 * @returns what is in the guest's memory from now on, by which a fork shows that it is one.
 * @throws {CannotFreezeError} when the guest could not renew a fork.
 */
export async function plantNonce(vm: Renewable, deadline: Deadline): Promise<Buffer> {
  if (!vm.bridge.canRenew) throw new CannotFreezeError("the guest's bridge is too old to renew a fork");
  const renewal = plantedNonce();
  const { faults } = await vm.bridge.renew(renewal, deadline);
  if (faults !== '') throw new CannotFreezeError(`the guest can't renew a fork: ${faults}`);
  return renewal.nonce;
}
