import { setTimeout as sleep } from 'node:timers/promises';

import { containerSuite, expect } from '../../harness/index.ts';
import type { Containers, RunContainer } from '../../harness/index.ts';
import { inside, resting, WORKLOAD } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

const MIB = 2 ** 20;
const KILLED = 137;
const PIDS = 32;
const CPUS = 0.2;
const BUSY_MS = 5000;
/** A share is measured against the host's clock, while the guest's own may lag. */
const TOLERANCE = 1.5;

test('a memory limit kills its container and no other', async ({ vm, containers }) => {
  const neighbour = await resting(containers, 'neighbour');
  const greedy = await memory(containers, 'greedy', 64 * MIB);
  expect(await greedy.waitForExit()).toMatchObject({ exitCode: KILLED });
  // By the kernel's own word: containerd may learn of the exit first, and of its reason never.
  await vm.journal.waitFor(/Memory cgroup out of memory: Killed process \d+ \(workload\)/);
  const taken = (await greedy.logs()).length;
  expect(taken).toBeGreaterThan(32);
  expect(taken).toBeLessThanOrEqual(64);
  await unharmed(neighbour);
  expect(await vm.api.os()).toHaveProperty('version_id');
});

test('without the limit the same program gets its memory', async ({ containers }) => {
  const greedy = await memory(containers, 'greedy', undefined);
  await expect.poll(async () => (await greedy.logs()).at(-1)?.text, { timeout: 60_000 }).toBe('holding');
});

test('a CPU limit holds, and without it there is none', async ({ containers }) => {
  const limited = await containers.run({ name: 'limited', image: WORKLOAD, args: ['cpu', '2'], cpus: CPUS });
  const share = await shareOf(limited);
  expect(share).toBeGreaterThan(CPUS / TOLERANCE);
  expect(share).toBeLessThan(CPUS * TOLERANCE);
  await limited.remove();
  const free = await containers.run({ name: 'free', image: WORKLOAD, args: ['cpu', '2'] });
  expect(await shareOf(free)).toBeGreaterThan(CPUS * 2);
});

test('a fork bomb stays within its pids and harms nobody', async ({ vm, containers }) => {
  const neighbour = await resting(containers, 'neighbour');
  const bomb = await containers.run({ name: 'bomb', image: WORKLOAD, args: ['fork-bomb'], pids: PIDS });
  const refusal = async (): Promise<string> => (await bomb.logs())[1]?.text ?? '';
  await expect.poll(refusal, { timeout: 60_000 }).toMatch(/^refused after \d+ forks: EAGAIN$/);
  const forks = Number(/\d+/.exec(await refusal())?.[0]);
  expect(forks).toBeLessThan(PIDS);
  await unharmed(neighbour);
  expect(await vm.api.os()).toHaveProperty('version_id');
  await bomb.stop(0);
  expect(await bomb.status()).toMatchObject({ state: 'exited', exitCode: KILLED });
});

function memory(
  containers: Containers,
  name: string,
  memoryBytes: number | undefined,
): Promise<RunContainer> {
  const limit = memoryBytes === undefined ? {} : { memoryBytes };
  return containers.run({ name, image: WORKLOAD, args: ['memory', '128'], ...limit });
}

async function unharmed(neighbour: RunContainer): Promise<void> {
  expect(await neighbour.status()).toMatchObject({ state: 'running' });
  expect(await inside(neighbour, 'exit', '0')).toMatchObject({ exitCode: 0 });
}

/** Of one CPU, over a while. */
async function shareOf(container: RunContainer): Promise<number> {
  const [before, begun] = [await container.stats(), performance.now()];
  await sleep(BUSY_MS);
  const after = await container.stats();
  return (after.cpuMs - before.cpuMs) / (performance.now() - begun);
}
