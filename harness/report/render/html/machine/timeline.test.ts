import { expect, test } from 'vitest';

import type { LifeRecord } from '../../../life.ts';
import type { StepRecord, TestRecord } from '../../../schema.ts';
import { SAMPLE_REPORT } from '../../testing/sample-report.ts';
import { timelineOf } from './timeline.ts';

function life(more: Partial<LifeRecord>): LifeRecord {
  return {
    ...{ vm: 'a', target: 't', startMs: 1000, durationMs: 5000, forked: false, failureExpected: false },
    ...{ boots: [{ startMs: 0, marks: {} }], findings: [], ...more },
  };
}

function testWith(...steps: readonly StepRecord[]): TestRecord {
  const [sample] = SAMPLE_REPORT.tests;
  if (sample === undefined) throw new Error('the sample has a test');
  return { ...sample, startMs: 0, durationMs: 8000, steps: [...steps] };
}

function shown(lives: readonly LifeRecord[], tests: readonly TestRecord[] = []) {
  const timeline = timelineOf({ lives, tests }, { fileSteps: [] });
  if (timeline === undefined) throw new Error('there is a life');
  return timeline;
}

test('phases go from mark to mark, over resets and starts, to the end', () => {
  const first = life({
    boots: [
      { startMs: 0, marks: { kernel: 900, firmware: 100 } },
      { startMs: 2000, marks: { firmware: 50 } },
    ],
  });
  const second = life({ startMs: 9000, durationMs: 500, forked: true });
  const { phases, totalMs, endsMs } = shown([first, second]);
  expect(phases.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
    ['power-on', 0, 100],
    ['firmware', 100, 900],
    ['kernel', 900, 2000],
    ['reset', 2000, 2050],
    ['firmware', 2050, 5000],
    ['fork', 8000, 8500],
  ]);
  expect({ totalMs, endsMs }).toEqual({ totalMs: 8500, endsMs: [5000, 8500] });
});

test('steps are cut to the life, and lie beside each other', () => {
  const step = (name: string, startMs: number, durationMs: number | null): StepRecord => ({
    ...{ name, startMs, durationMs },
    error: durationMs === null ? 'EIO' : null,
  });
  const tests = [
    testWith(
      step('before', 0, 900),
      step('boot', 500, 2000),
      step('within', 1200, 100),
      step('open', 2600, null),
    ),
  ];
  const { steps } = shown([life({})], tests);
  expect(steps).toEqual([
    { name: 'boot', fromMs: 0, toMs: 1500, lane: 0, failed: false },
    { name: 'within', fromMs: 200, toMs: 300, lane: 1, failed: false },
    { name: 'open', fromMs: 1600, toMs: 5000, lane: 0, failed: true },
  ]);
});

test('what never ended goes on to the last that is known of it', () => {
  const finding = { kind: 'panic', severity: 'fatal' as const, title: 'panic', text: 'panic', atMs: 7500 };
  const unknown = life({ durationMs: null, findings: [finding, { ...finding, atMs: null }] });
  const { totalMs, findings } = shown([unknown], [testWith()]);
  expect(totalMs).toBe(7500);
  expect(findings).toEqual([{ atMs: 7500, severity: 'fatal', title: 'panic' }]);
  expect(shown([life({ durationMs: null })], [testWith()]).totalMs).toBe(7000);
  expect(shown([life({ durationMs: 0 })]).totalMs).toBe(1);
});

test('a machine that QEMU never started has none', () => {
  expect(timelineOf({ lives: [], tests: [] }, { fileSteps: [] })).toBeUndefined();
});
