import { readdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';

import { expect, step, suite } from '../../harness/index.ts';

const test = suite();

/** The first ones fill caches of modules and streams. */
const WARM_UP = 3;
const SAMPLE = 12;
const EXHAUSTIVE = 1000;
const SETTLE_MS = 10_000;

test(
  'ended forks leave no process, file or descriptor',
  { timeout: 1_800_000 },
  async ({ machines, exhaustive }) => {
    const count = exhaustive ? EXHAUSTIVE : SAMPLE;
    let run = '';
    const endFork = async (): Promise<void> => {
      await using vm = await machines.fork({}, { demand: 'demanded' });
      run = dirname(vm.directory.path);
    };
    for (let fork = 0; fork < WARM_UP; fork += 1) await endFork();
    const before = await leftovers(run);
    await step(`${count} forks`, async () => {
      for (let fork = 0; fork < count; fork += 1) await endFork();
    });
    // Something else of this process may have been open at that moment, or be now.
    const descriptors = async (): Promise<number> => (await leftovers(run)).descriptors;
    await expect.poll(descriptors, { timeout: SETTLE_MS }).toBeLessThanOrEqual(before.descriptors);
    for (const left of [before, await leftovers(run)])
      expect(left).toMatchObject({ files: [], processes: [] });
  },
);

/** What a run has on the host: in its directory, working there, and open in this process. */
async function leftovers(
  run: string,
): Promise<{ files: string[]; processes: string[]; descriptors: number }> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return {
    files: await readdir(run),
    processes: places.filter((place) => place.startsWith(run)),
    descriptors: (await readdir('/proc/self/fd')).length,
  };
}
