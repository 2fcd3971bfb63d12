import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Image } from '../../../harness/image/open.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import { cacheLocation } from '../../../harness/util/files/cache-location.ts';
import { obtainTemplate } from '../../../harness/vm/template/obtain.ts';
import { SnapshotStore } from '../../../harness/vm/template/store.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { measureBoot } from '../boot/measure.ts';
import { measureFork } from './measure-fork.ts';
import { measureMemory, type MemorySample } from './memory.ts';
import { renderFork } from './render.ts';
import { summarizeForks } from './result.ts';
import { SavedMachine } from './saved-machine.ts';

const FORKS_PER_RUN = 10;
const FORK_COUNTS = [1, 8, 32];

/** Forks against cold boots and the two other ways in which QEMU restores a machine, interleaved. */
export async function forkBench(
  image: Image,
  { runs, signal, progress }: BenchOptions,
): Promise<BenchOutcome> {
  const target = await describeTarget(image);
  const root = await mkdtemp(join(cacheLocation(), 'bench-fork-'));
  try {
    const startedAt = performance.now();
    const store = new SnapshotStore(join(root, 'templates'));
    const template = await obtainTemplate({ image, label: 'fork' }, { signal, notice: progress, store });
    const templateMs = performance.now() - startedAt;
    progress(`template: ${templateMs.toFixed(0)} ms`);
    await using saved = await SavedMachine.make(image, root, signal);
    const samples = { forks: [], boots: [], snapshotLoads: [], wholeStates: [] } as Record<string, number[]>;
    const { forks = [], boots = [], snapshotLoads = [], wholeStates = [] } = samples;
    for (let run = 1; run <= runs; run += 1) {
      for (let fork = 0; fork < FORKS_PER_RUN; fork += 1) forks.push(await measureFork(template, signal));
      boots.push((await measureBoot(image, signal)).totalMs);
      snapshotLoads.push(await saved.loadSnapshot());
      wholeStates.push(await saved.loadWholeState());
      progress(
        `run ${run}/${runs}: fork ${Number(forks.at(-1)).toFixed(0)} ms, boot ${Number(boots.at(-1)).toFixed(0)} ms`,
      );
    }
    const memory: MemorySample[] = [];
    for (const count of FORK_COUNTS) {
      memory.push(await measureMemory(template, count, signal));
      progress(`memory of ${count}: ${Number(memory.at(-1)?.pssMiB).toFixed(0)} MiB`);
    }
    const result = {
      ...{ bench: 'fork', host: describeHost(), target, templateMs, memory },
      ...summarizeForks({ forks, boots, snapshotLoads, wholeStates }),
    };
    return { result, text: renderFork(target, result) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
