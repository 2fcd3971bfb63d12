import { join } from 'node:path';

import { buildArgv } from '../qemu/argv.ts';
import type { QemuOptions } from '../qemu/options.ts';
import { QemuProcess } from '../qemu/process.ts';
import type { Assembly } from './assemble.ts';
import { MEMORY_FILE, STATE_FILE, type Snapshot } from './fork/snapshot.ts';
import { machineOptions } from './parts.ts';

/** Starts the machine's QEMU, paused: to be switched on, or to get the snapshot's state. */
export function startQemu(assembly: Assembly, snapshot: Snapshot | undefined): Promise<QemuProcess> {
  const { qemu, directory } = assembly;
  const machine = machineOptions(assembly, {
    ...assembly,
    name: directory.id,
    file: (name) => directory.file(name),
  });
  if (snapshot === undefined)
    return QemuProcess.start(qemu, buildArgv(machine), { directory: directory.path });
  const restored: QemuOptions = {
    ...machine,
    memoryFile: { path: join(snapshot.directory, MEMORY_FILE), writes: 'private' },
    awaitsState: true,
  };
  const stateFile = join(snapshot.directory, STATE_FILE);
  return QemuProcess.start(qemu, buildArgv(restored), { directory: directory.path, stateFile });
}
