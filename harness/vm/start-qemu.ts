import { buildArgv } from '../qemu/argv/build.ts';
import type { MemoryFile } from '../qemu/argv/options.ts';
import { makePipe } from '../qemu/pipe.ts';
import { QemuProcess } from '../qemu/process.ts';
import type { Assembly } from './assembly.ts';
import { portsIn } from './connections.ts';
import { serveOwnImds } from './network/own-imds.ts';
import { machineOptions } from './qemu-options.ts';

/** What a machine is to get its state from, instead of booting. */
export interface SavedState {
  /** Absent: the state holds the memory too. */
  readonly memoryFile?: MemoryFile;
  readonly stateFile: string;
}

/** Starts the machine's QEMU, paused: to be switched on, or to be given the saved state. */
export async function startQemu(assembly: Assembly, saved?: SavedState): Promise<QemuProcess> {
  const { qemu, directory } = assembly;
  const file = (name: string): string => directory.file(name);
  const machine = machineOptions(assembly, { ...assembly, name: directory.id, file });
  await makePipe(portsIn(file).consolePipe);
  const { memoryFile, stateFile } = saved ?? {};
  const argv = buildArgv({
    ...machine,
    ...(memoryFile && { memoryFile }),
    ...(saved && { awaitsState: true }),
  });
  const imds = await serveOwnImds(assembly.spec, file);
  try {
    const process = await QemuProcess.start(qemu, argv, {
      directory: directory.path,
      ...(stateFile !== undefined && { stateFile }),
    });
    void process.exited.then(() => imds?.[Symbol.asyncDispose]());
    return process;
  } catch (error) {
    await imds?.[Symbol.asyncDispose]();
    throw error;
  }
}
