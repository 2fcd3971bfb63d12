import { expect, test } from 'vitest';

import { comeToRest } from './idle.ts';

const { signal } = new AbortController();

test('it is waited for until it computes no more', async () => {
  const busy = machineBusyFor(1000);
  await comeToRest(busy, signal, 60_000);
  expect(busy.cpuTimeMs()).toBe(1000);
});

test('but not for ever', async () => {
  const busy = machineBusyFor(60_000);
  await comeToRest(busy, signal, 500);
  expect(busy.cpuTimeMs()).toBeLessThan(60_000);
});

test('the wait can be broken off', async () => {
  await expect(comeToRest(machineBusyFor(60_000), AbortSignal.timeout(100))).rejects.toThrow(/abort/);
});

/** It has a whole CPU until it is idle. */
function machineBusyFor(ms: number): { cpuTimeMs(): number } {
  const begin = performance.now();
  return { cpuTimeMs: () => Math.min(performance.now() - begin, ms) };
}
