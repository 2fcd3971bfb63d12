import { performance } from 'node:perf_hooks';

import { Deadline } from '../../../harness/util/deadline.ts';
import { assembleFork } from '../../../harness/vm/fork/fork.ts';
import type { Template } from '../../../harness/vm/template/obtain.ts';
import { PoweredOff } from '../../../harness/vm/powered-off.ts';

const ANSWER_TIMEOUT_MS = 60_000;

/** A fork whose host API answers. */
export async function startFork({ snapshot, parts }: Template, signal: AbortSignal): Promise<PoweredOff> {
  const machine = new PoweredOff(await assembleFork(snapshot, parts));
  try {
    const vm = await machine.restore(snapshot, { signal });
    await vm.waitForApi(Deadline.after(ANSWER_TIMEOUT_MS, 'the host API of a fork'));
    return machine;
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}

/** From nothing, the machine's files included, to the first answer of its host API, in milliseconds. */
export async function measureFork(template: Template, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  const machine = await startFork(template, signal);
  const ms = performance.now() - startedAt;
  await machine[Symbol.asyncDispose]();
  return ms;
}
