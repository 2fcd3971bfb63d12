import { assemble } from './assemble.ts';
import type { StartOptions } from './powered-off.ts';
import type { MachineSpec } from './spec.ts';
import type { Vm } from './vm.ts';

/** Assembles a machine and switches it on, but waits for nothing that the image does. */
export async function startVm(spec: MachineSpec, options: StartOptions = {}): Promise<Vm> {
  const machine = await assemble(spec);
  try {
    return await machine.start(options);
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}
