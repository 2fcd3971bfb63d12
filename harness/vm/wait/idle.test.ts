import { expect, test } from 'vitest';

import { waitForIdle } from './idle.ts';

const { signal } = new AbortController();

test('waits until the machine uses no CPU time', async () => {
  const busy = machineBusyFor(1000);
  await waitForIdle(busy, signal, 60_000);
  expect(busy.cpuTimeMs()).toBe(1000);
});

test('stops waiting at its limit', async () => {
  const busy = machineBusyFor(60_000);
  await waitForIdle(busy, signal, 500);
  expect(busy.cpuTimeMs()).toBeLessThan(60_000);
});

test('an aborted wait rejects', async () => {
  await expect(waitForIdle(machineBusyFor(60_000), AbortSignal.timeout(100))).rejects.toThrow(/abort/);
});

/** Uses a whole CPU until it is idle. */
function machineBusyFor(ms: number): { cpuTimeMs(): number } {
  const begin = performance.now();
  return { cpuTimeMs: () => Math.min(performance.now() - begin, ms) };
}
