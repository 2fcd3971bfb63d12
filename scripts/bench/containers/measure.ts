import { performance } from 'node:perf_hooks';

import type { Containers } from '../../../harness/guest/containers/containers.ts';

/** In the order in which a container goes through them. */
export const STEPS = ['create', 'start', 'first output', 'exec', 'stop'] as const;
export type Step = (typeof STEPS)[number] | 'pull';

/** The program of the images: images/workloads. */
export const PROGRAM = '/workload';
const GRACE_SECONDS = 60;
const POLL_MS = 10;

export type Times = Readonly<Record<(typeof STEPS)[number], number>>;

/** The life of one container that prints and then waits for SIGTERM, step by step, in milliseconds. */
export async function measureLife(containers: Containers, name: string, image: string): Promise<Times> {
  const timed = stopwatch();
  const container = await containers.create({ name, image, args: ['memory', '1'] });
  const create = timed();
  await container.start();
  const start = timed();
  // Also what it takes to read the log, which is all that a client can see of an output.
  while ((await container.logs()).length === 0) await new Promise((wait) => setTimeout(wait, POLL_MS));
  const output = timed();
  await container.exec([PROGRAM, 'exit', '0']);
  const exec = timed();
  await container.stop(GRACE_SECONDS);
  const stop = timed();
  await container.remove();
  return { create, start, 'first output': output, exec, stop };
}

/** Runs as many at once, until the last has ended. @returns how many a second. */
export async function measureRate(containers: Containers, count: number, image: string): Promise<number> {
  const timed = stopwatch();
  const numbers = Array.from({ length: count }, (_, number) => number);
  await Promise.all(
    numbers.map(async (number) => {
      const one = await containers.run({ name: `rate-${number}`, image, args: ['exit', '0'] });
      await one.waitForExit();
    }),
  );
  const rate = (count / timed()) * 1000;
  for (const { name } of await containers.list()) await (await containers.find(name)).remove();
  return rate;
}

/** What the guest has less of for each container that rests: its processes, the runtime's beside it, the kernel's part. */
export async function measureMemory(containers: Containers, count: number, image: string): Promise<number> {
  const watcher = await containers.run({ name: 'watcher', image, args: ['pause'] });
  const available = async (): Promise<number> => {
    const { stdout } = await watcher.exec([PROGRAM, 'cat', '/proc/meminfo']);
    return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(stdout)?.[1]) * 1024;
  };
  const before = await available();
  for (let number = 0; number < count; number += 1) {
    await containers.run({ name: `idle-${number}`, image, args: ['pause'] });
  }
  return (before - (await available())) / count;
}

/** @returns the milliseconds since it was last asked. */
export function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = now - last;
    last = now;
    return passed;
  };
}
