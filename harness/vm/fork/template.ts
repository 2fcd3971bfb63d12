import { join } from 'node:path';

import { plantedNonce } from '../../guest/bridge/renewal.ts';
import { Deadline } from '../../util/deadline.ts';
import { assemble } from '../assemble.ts';
import { bootFinished } from '../boot-finished.ts';
import type { MachineSpec } from '../spec.ts';
import { freeze } from './freeze.ts';
import { MEMORY_FILE, STATE_FILE } from './snapshot.ts';
import { saveState } from './state.ts';

/** A boot under emulation on a busy host, and some hundred megabytes to write. */
const MAKE_TIMEOUT_MS = 300_000;

/**
 * Boots such a machine, lets it come to rest and freezes it.
 *
 * @param target.directory gets the snapshot. @param target.home where it will be moved.
 */
export async function makeTemplate(
  spec: MachineSpec,
  { directory, home }: { readonly directory: string; readonly home: string },
  signal: AbortSignal,
): Promise<void> {
  const deadline = Deadline.after(MAKE_TIMEOUT_MS, 'a template to be made');
  const memoryFile = { path: join(directory, MEMORY_FILE), writes: 'to-file' } as const;
  await using machine = await assemble({ ...spec, label: 'template' }, { memoryFile });
  const vm = await machine.boot({ signal });
  await bootFinished(vm, deadline);
  const { nonce } = await plant(vm, deadline);
  await vm.qmp.execute('stop', undefined, deadline);
  const socket = vm.directory.file('state.sock');
  await saveState(vm.qmp, 'in-file', { path: join(directory, STATE_FILE), socket, deadline });
  // What was told is in files for certain when everything is closed.
  await vm.stop();
  await freeze(machine.assembly, { directory, home }, { nonce, noted: vm.noted });
}

async function plant(
  { bridge }: { bridge: import('../../guest/bridge/bridge.ts').Bridge },
  deadline: Deadline,
) {
  const renewal = plantedNonce();
  await bridge.renew(renewal, deadline);
  return renewal;
}
