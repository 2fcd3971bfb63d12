import type { QemuProcess } from '../qemu/process.ts';
import type { Deadlines } from '../qemu/deadlines.ts';
import type { RequireCapabilities } from './boot-options.ts';
import type { Connections } from './connections.ts';
import type { MachineSymptom } from './monitor/verdict/crash-error.ts';

/** One run of a machine, from its start to its end. */
export interface RunParts {
  readonly process: QemuProcess;
  readonly connections: Connections;
  /** The milliseconds since the machine was started. */
  readonly now: () => number;
  /** Signs of trouble from a life before this one; present if the machine is a fork. */
  readonly noted?: readonly MachineSymptom[] | undefined;
  readonly signal?: AbortSignal;
  /** Make those of waits that are given none. */
  readonly deadlines: Deadlines;
  readonly requireCapabilities?: RequireCapabilities;
}
