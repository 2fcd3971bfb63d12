import { writeFile } from 'node:fs/promises';

import { expect, onTestFinished, test } from 'vitest';

import { openImage } from '../../image/open.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { unbootableDisk } from '../../image/testing/unbootable-disk.ts';
import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { sha256OfFile } from '../../util/files/sha256.ts';
import { which } from '../../process/which.ts';
import { assemble } from '../assemble.ts';
import { connect } from '../connections.ts';
import { startQemu, type SavedState } from '../start-qemu.ts';
import type { PoweredOff } from '../powered-off.ts';
import { loadState, saveState } from './state.ts';

const qemu = await which('qemu-system-x86_64');
const FIRMWARE = /BdsDxe|UEFI/;

const soon = (what: string): Deadline => Deadline.after(120_000, what);

/** A machine in which only the firmware runs, and finds nothing to boot. */
async function firmwareMachine(memoryFile: string): Promise<PoweredOff> {
  const spec = { image: await openImage(await unbootableDisk()), memoryMiB: 128, cpus: 1 };
  const machine = await assemble(spec, { memoryFile: { path: memoryFile, writes: 'to-file' } });
  onTestFinished(() => machine[Symbol.asyncDispose]());
  return machine;
}

/** Restores the machine, resets it, and waits until its firmware has begun again. */
async function liveOn({ assembly }: PoweredOff, saved: SavedState): Promise<void> {
  const deadline = soon('a restored machine');
  await using process = await startQemu(assembly, saved);
  const living = async (): Promise<void> => {
    await using connections = await connect(assembly.directory, () => 0, deadline, {
      deadlines: new Deadlines('restored', 1),
    });
    const { qmp, console } = connections;
    await loadState(qmp, 'in-file', deadline);
    await qmp.execute('cont', undefined, deadline);
    await qmp.execute('system_reset', undefined, deadline);
    await console.waitFor(FIRMWARE, deadline);
  };
  await process.whileRunning(living(), 'in a test');
}

test.skipIf(qemu === undefined)(
  'a machine lives on from a saved state, and never writes to the memory that it was frozen with',
  { timeout: 360_000 },
  async () => {
    const scratch = await scratchDirectory();
    const machine = await firmwareMachine(scratch('memory'));
    const vm = await machine.start();
    await vm.console.waitFor(FIRMWARE, soon('the firmware to speak'));
    await vm.qmp.execute('stop', undefined, soon('QMP'));
    const deadline = soon('the state to be saved');
    await saveState(vm.qmp, 'in-file', { path: scratch('state'), socket: scratch('socket'), deadline });
    await vm.stop();

    const frozen = await sha256OfFile(scratch('memory'));
    const memoryFile = { path: scratch('memory'), writes: 'private' } as const;
    await liveOn(machine, { memoryFile, stateFile: scratch('state') });
    expect(await sha256OfFile(scratch('memory'))).toBe(frozen);
  },
);

test.skipIf(qemu === undefined)('a damaged state is reported as such', { timeout: 360_000 }, async () => {
  const scratch = await scratchDirectory();
  const machine = await firmwareMachine(scratch('memory'));
  await writeFile(scratch('state'), 'no state at all');
  const memoryFile = { path: scratch('memory'), writes: 'private' } as const;
  await expect(liveOn(machine, { memoryFile, stateFile: scratch('state') })).rejects.toThrow(
    /QEMU .*Not a migration stream/s,
  );
});
