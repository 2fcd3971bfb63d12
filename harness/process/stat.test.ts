import { expect, test } from 'vitest';

import { cpuTimeMsOf } from './stat.ts';

/** Larger than any process number of Linux: 2^22, see proc(5). */
const NO_PROCESS = 2 ** 22 + 1;
const TICK_MS = 10;

test('the time that a process has taken is what its kernel counts for it', () => {
  const before = process.cpuUsage();
  const measured = cpuTimeMsOf(process.pid);
  const after = process.cpuUsage();
  // User and system time are rounded down to a tick each.
  expect(measured).toBeGreaterThanOrEqual((before.user + before.system) / 1000 - 2 * TICK_MS);
  expect(measured).toBeLessThanOrEqual((after.user + after.system) / 1000);
});

test('a process that is not there has no time', () => {
  expect(cpuTimeMsOf(NO_PROCESS)).toBeUndefined();
});
