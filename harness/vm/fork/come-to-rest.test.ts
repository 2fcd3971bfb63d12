import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, test } from 'vitest';

import { cpuTimeMsOf } from '../../util/process-stat.ts';
import { comeToRest } from './come-to-rest.ts';

const { signal } = new AbortController();

test('it is waited for until it computes no more', async () => {
  await using busy = await compute(1000);
  await comeToRest(busy, signal, 60_000);
  expect(busy.cpuTimeMs()).toBeGreaterThanOrEqual(1000);
});

test('but not for ever', async () => {
  await using busy = await compute(10_000);
  await comeToRest(busy, signal, 500);
  expect(busy.cpuTimeMs()).toBeLessThan(10_000);
});

test('the wait can be broken off', async () => {
  await using busy = await compute(10_000);
  await expect(comeToRest(busy, AbortSignal.timeout(100))).rejects.toThrow(/abort/);
});

/** A process that is taking so much of a CPU, and then stays idle for some seconds. */
async function compute(cpuMs: number): Promise<AsyncDisposable & { cpuTimeMs(): number }> {
  const program = `
    console.log('begins');
    let taken;
    do taken = process.cpuUsage(); while (taken.user + taken.system < ${cpuMs * 1000});
    setTimeout(() => {}, 5000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    cpuTimeMs: () => cpuTimeMsOf(child.pid ?? 0) ?? NaN,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
