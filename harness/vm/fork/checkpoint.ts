import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import type { QmpClient } from '../../qemu/qmp/client.ts';
import type { Deadline } from '../../util/deadline.ts';
import type { Assembly } from '../assembly.ts';
import type { BootOptions } from '../boot-options.ts';
import { freeze } from './freeze.ts';
import { plantNonce, type Renewable } from './plant-nonce.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';
import { splitState } from './split-state.ts';
import { saveState } from './state.ts';

/** A moment in the life of a machine, from which others can go on. */
export interface Checkpoint<Machine> {
  /** Another machine, which goes on from there; it is ready. */
  fork(options?: BootOptions): Promise<Machine>;
}

/** What a machine must offer to be frozen while it runs. */
interface Freezable extends Renewable {
  readonly qmp: QmpClient;
  readonly noted: Snapshot['noted'];
}

/** The machine stands still while some hundred megabytes are written. */
export async function takeCheckpoint(
  vm: Freezable,
  assembly: Assembly,
  deadline: Deadline,
): Promise<Snapshot> {
  const directory = await mkdtemp(assembly.directory.file('checkpoint-'));
  const whole = join(directory, 'whole-state');
  const { capabilities } = assembly.spec.image;
  const nonce = capabilities.has('bridge') ? await plantNonce(vm, deadline) : undefined;
  await vm.qmp.execute('stop', undefined, deadline);
  try {
    const socket = assembly.directory.file('state.sock');
    await saveState(vm.qmp, 'in-state', { path: whole, socket, deadline });
    await freeze(assembly, { directory }, { nonce, noted: vm.noted });
  } finally {
    await vm.qmp.execute('cont', undefined, deadline);
  }
  await splitState(assembly, { directory, whole, deadline });
  return openSnapshot(directory);
}
