import type { Vm } from '../vm.ts';

/** What is done to a machine that has booted before it is frozen, so that its forks find it done. */
export interface Preparation {
  /** Becomes another whenever `run` does something else: machines with different keys are not forked from each other. */
  readonly key: string;
  run(vm: Vm): Promise<void>;
}
