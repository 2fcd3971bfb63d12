import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { z } from 'zod';

import type { Image } from '../../../harness/image/open.ts';
import type { QmpClient } from '../../../harness/qemu/qmp/client.ts';
import { Deadlines } from '../../../harness/qemu/deadlines.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { InfrastructureError } from '../../../harness/util/errors.ts';
import { assemble } from '../../../harness/vm/assemble.ts';
import type { Assembly } from '../../../harness/vm/assembly.ts';
import { connect } from '../../../harness/vm/connections.ts';
import { loadState, saveState } from '../../../harness/vm/fork/state.ts';
import type { PoweredOff } from '../../../harness/vm/powered-off.ts';
import { startQemu } from '../../../harness/vm/start-qemu.ts';

const TIMEOUT_MS = 300_000;
const POLL_INTERVAL_MS = 2;
const SNAPSHOT = { tag: 'bench', vmstate: 'disk-hd0', devices: ['disk-hd0'] };
const jobs = z.array(z.object({ id: z.string(), status: z.string(), error: z.string().optional() }));

/** One booted machine, saved in the two ways that QEMU offers without a shared memory file. */
export class SavedMachine implements AsyncDisposable {
  readonly #machine: PoweredOff;
  readonly #wholeState: string;

  private constructor(machine: PoweredOff, wholeState: string) {
    this.#machine = machine;
    this.#wholeState = wholeState;
  }

  static async make(image: Image, directory: string, signal: AbortSignal): Promise<SavedMachine> {
    const machine = await assemble({ image, label: 'saved' });
    const saved = new SavedMachine(machine, join(directory, 'whole-state'));
    try {
      const vm = await machine.boot({ signal });
      const deadline = Deadline.after(TIMEOUT_MS, 'a machine to be saved');
      await vm.waitForBoot(deadline);
      await vm.qmp.execute('stop', undefined, deadline);
      await runJob(vm.qmp, 'snapshot-save', deadline);
      const socket = machine.directory.file('state.sock');
      await saveState(vm.qmp, 'in-state', { path: saved.#wholeState, socket, deadline });
      await vm.stop();
      return saved;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What -loadvm does, from spawn to the first answer, in milliseconds. */
  loadSnapshot(): Promise<number> {
    return this.#restore(undefined, (qmp, deadline) => runJob(qmp, 'snapshot-load', deadline));
  }

  /** A state with all the memory, read from a file, from spawn to the first answer, in milliseconds. */
  loadWholeState(): Promise<number> {
    const saved = { stateFile: this.#wholeState };
    return this.#restore(saved, (qmp, deadline) => loadState(qmp, 'in-state', deadline));
  }

  async #restore(
    saved: Parameters<typeof startQemu>[1],
    load: (qmp: QmpClient, deadline: Deadline) => Promise<void>,
  ): Promise<number> {
    const assembly: Assembly = this.#machine.assembly;
    const startedAt = performance.now();
    const deadline = Deadline.after(TIMEOUT_MS, 'a saved machine to answer');
    await using process = await startQemu(assembly, saved);
    const answer = async (): Promise<number> => {
      await using connections = await connect(assembly.directory, () => 0, deadline, {
        deadlines: new Deadlines('saved', 1),
      });
      await load(connections.qmp, deadline);
      await connections.qmp.execute('cont', undefined, deadline);
      await connections.api.request({ method: 'GET', path: '/', deadline });
      return performance.now() - startedAt;
    };
    return await process.whileRunning(answer(), 'while it restored a machine');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#machine[Symbol.asyncDispose]();
  }
}

async function runJob(qmp: QmpClient, command: string, deadline: Deadline): Promise<void> {
  await qmp.execute(command, { 'job-id': command, ...SNAPSHOT }, deadline);
  const job = await deadline.poll(async () => {
    const all = jobs.parse(await qmp.execute('query-jobs', undefined, deadline));
    return all.find(({ id, status }) => id === command && status === 'concluded');
  }, POLL_INTERVAL_MS);
  if (job.error !== undefined) throw new InfrastructureError(`QEMU failed to ${command}: ${job.error}.`);
}
