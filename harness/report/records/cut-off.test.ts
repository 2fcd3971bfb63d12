import { expect, test } from 'vitest';

import { explainCutOff } from './cut-off.ts';
import type { FailureRecord, StepRecord } from '../schema.ts';

const failure = (message: string): FailureRecord => ({
  ...{ name: 'Error', message, stack: null, infrastructure: false },
});
const step = (name: string, startMs: number, durationMs: number | null): StepRecord => ({
  ...{ name, startMs, durationMs, error: null },
});

test('a test that was cut off names the steps it was in', () => {
  const steps = [step('boot vm-1', 100, 400), step('update', 500, null), step('prepare', 700, null)];
  const { message } = explainCutOff(failure('Test timed out in 3000ms.\nIf this is…'), steps, 3100);
  expect(message).toMatch(
    /^Test timed out .*\nIt was in "update", for 2600 ms, in "prepare", for 2400 ms\.$/s,
  );
});

test('a test that was cut off between its steps says so', () => {
  const { message } = explainCutOff(failure('Test timed out in 3000ms.'), [step('boot', 1, 2)], 3100);
  expect(message).toMatch(/\nIt was in none of its steps\.$/);
});

test('another failure stays as it is', () => {
  const other = failure('Timed out after 100 ms waiting for an answer.');
  expect(explainCutOff(other, [step('update', 500, null)], 3100)).toBe(other);
});
