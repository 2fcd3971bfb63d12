import type { Capability } from '../os/capabilities.ts';
import type { Vm } from './vm.ts';
import type { CurrentLimit } from '../qemu/deadlines.ts';

/** Throws when the image lacks one of these, so that a test is skipped instead of failing. */
export type RequireCapabilities = (...capabilities: readonly Capability[]) => void;

/** What is asked of a machine that runs, by those who must not miss its failure. */
export interface Watched {
  /** Why it failed, if it did and nobody expected that. */
  readonly failure: Error | undefined;
  /** Until all that the machine has shown up to now is judged. */
  settle(): Promise<void>;
}

export interface StartOptions {
  /** Aborting it kills the machine; every wait for it then ends with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Cuts the default deadlines of waits for the machine. */
  readonly limit?: CurrentLimit;
  /** Called before anything that not every image can do. */
  readonly requireCapabilities?: RequireCapabilities;
  /** Called with every machine that starts, also with the forks of its checkpoints. */
  readonly onStart?: (machine: Vm) => void;
  /** Called when there is no room on the host for the machine yet. */
  readonly notice?: (text: string) => void;
}

export interface BootOptions extends StartOptions {
  /** From power-on until it is ready, as it is. Default: the profile's, more where guests are slower. */
  readonly timeoutMs?: number;
}
