import type { Image } from '../../../harness/image/open.ts';
import { containersOn } from '../../../harness/guest/containers/choose.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import { readLayout } from '../../../harness/services/oci/read-layout.ts';
import { serveRegistry } from '../../../harness/services/registry/registry.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { assemble } from '../../../harness/vm/assemble.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { measureLife, measureMemory, measureRate, PROGRAM, stopwatch, type Times } from './measure.ts';
import { renderContainers } from './render.ts';
import { summarizeContainers } from './result.ts';

const BOOT_MS = 300_000;
const LIVES_PER_RUN = 10;
const AT_ONCE = 10;
const IDLE = 10;
const IMAGE = 'docker.io/library/workload:1';

/** Containers through their whole life, in a machine of their own for each run. */
export async function containersBench(
  image: Image,
  { runs, signal, progress, workloads }: BenchOptions,
): Promise<BenchOutcome> {
  if (!image.capabilities.has('cri') && !image.capabilities.has('docker')) {
    throw new UsageError(
      `${image.path} can't be measured: it has neither of the capabilities cri and docker.`,
    );
  }
  const target = await describeTarget(image);
  await using registry = await serveRegistry(await readLayout(await workloads()));
  const samples = { pull: [], call: [], perSecond: [], memory: [] } as Record<string, number[]>;
  const { pull = [], call = [], perSecond = [], memory = [] } = samples;
  const lives: Times[] = [];
  for (let run = 1; run <= runs; run += 1) {
    await using machine = await assemble({ image, label: 'containers', services: [registry] });
    const vm = await machine.boot({ signal, timeoutMs: BOOT_MS });
    await vm.waitForBoot(Deadline.after(BOOT_MS, 'the end of the boot'));
    const reader = { image: IMAGE, args: ['pause'], print: [PROGRAM, 'cat'] };
    const containers = containersOn(vm, image.capabilities, reader);
    const timed = stopwatch();
    await containers.pull(IMAGE);
    pull.push(timed());
    // The first one also waits for the image of pods, and starts what reads logs.
    await measureLife(containers, 'first', IMAGE);
    for (let life = 0; life < LIVES_PER_RUN; life += 1) {
      lives.push(await measureLife(containers, `life-${life}`, IMAGE));
      timed();
      await containers.list();
      call.push(timed());
    }
    perSecond.push(await measureRate(containers, AT_ONCE, IMAGE));
    memory.push(await measureMemory(containers, IDLE, IMAGE));
    progress(`run ${run}/${runs}: ${Number(perSecond.at(-1)).toFixed(2)} containers a second`);
  }
  const result = {
    ...{ bench: 'containers', host: describeHost(), target },
    ...summarizeContainers({ pull, call, lives, perSecond, memory }),
  };
  return { result, text: renderContainers(target, result) };
}
