import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { QmpClient } from '../../qemu/qmp/client.ts';
import type { Deadline } from '../../util/deadline.ts';
import type { Assembly } from '../assembly.ts';
import { portsIn } from '../connections.ts';
import { startQemu } from '../start-qemu.ts';
import { assembleFork } from './fork.ts';
import { MEMORY_FILE, STATE_FILE } from './snapshot.ts';
import { loadState, saveState } from './state.ts';

/**
 * Takes a whole state apart into the guest's memory, which forks can map, and the rest: a QEMU loads it into a file and
 * saves what is not in there. No instruction of the guest is executed. The whole state is removed.
 */
export async function splitState(
  original: Assembly,
  { directory, whole, deadline }: { directory: string; whole: string; deadline: Deadline },
): Promise<void> {
  const machine = await assembleFork({ directory }, original);
  const file = (name: string): string => machine.directory.file(name);
  try {
    const memoryFile = { path: join(directory, MEMORY_FILE), writes: 'to-file' } as const;
    await using process = await startQemu(machine, { memoryFile, stateFile: whole });
    const split = async (): Promise<void> => {
      await using qmp = await QmpClient.connect(portsIn(file).qmpSocket, deadline);
      await loadState(qmp, 'in-state', deadline);
      const path = join(directory, STATE_FILE);
      await saveState(qmp, 'in-file', { path, socket: file('state.sock'), deadline });
    };
    await process.whileRunning(split(), 'while it split a state');
  } finally {
    await machine.directory.removeUnlessKept();
    await rm(whole, { force: true });
  }
}
