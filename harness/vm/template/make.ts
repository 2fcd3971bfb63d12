import { join } from 'node:path';

import { Deadline } from '../../util/deadline.ts';
import { assemble } from '../assemble.ts';
import type { MachineSpec } from '../spec.ts';
import { showsEndOfBoot } from '../wait/boot.ts';
import { waitForIdle } from '../wait/idle.ts';
import { freeze } from '../fork/freeze.ts';
import { plantNonce } from '../fork/plant-nonce.ts';
import { MEMORY_FILE, STATE_FILE } from '../fork/snapshot.ts';
import type { Preparation } from './preparation.ts';
import { saveForForks } from './save.ts';

/** The last units of a boot under emulation on a busy host, and some megabytes to write. */
const REST_TIMEOUT_MS = 120_000;

/**
 * Boots such a machine, prepares it, waits until it is idle and freezes it.
 *
 * @throws {CannotFreezeError} when a device of it, its guest or its QEMU does not allow that.
 * @throws {InfrastructureError} when the host fails, for instance because its disk is full.
 * @param target.directory gets the snapshot. @param target.home where it will be moved.
 */
export async function makeTemplate(
  spec: MachineSpec,
  { directory, home }: { readonly directory: string; readonly home: string },
  signal: AbortSignal,
  preparation?: Preparation,
): Promise<void> {
  const memoryFile = { path: join(directory, MEMORY_FILE), writes: 'to-file' } as const;
  await using machine = await assemble({ ...spec, label: 'template' }, { memoryFile });
  const vm = await machine.boot({ signal });
  if (showsEndOfBoot(spec.image.capabilities)) await vm.waitForBoot();
  await preparation?.run(vm);
  const deadline = Deadline.after(REST_TIMEOUT_MS, 'a template to become idle and be saved');
  const nonce = spec.image.capabilities.has('bridge') ? await plantNonce(vm, deadline) : undefined;
  await waitForIdle(vm, signal);
  const socket = vm.directory.file('state.sock');
  await saveForForks(vm.qmp, { path: join(directory, STATE_FILE), socket, deadline });
  // The logs are complete when everything is closed.
  await vm.stop();
  if (vm.failure !== undefined) throw vm.failure;
  await freeze(machine.assembly, { directory, home }, { nonce, noted: vm.noted });
}
