import { expect, test } from 'vitest';

import type { RunEvent } from '../events.ts';
import { EventRecorder } from './recorder.ts';

const STARTED_AT = 1_700_000_000_000;
const scene = { at: STARTED_AT, target: 'a/x86_64', repetition: 1, file: 'boot/a.suite.ts', test: null };
const life = { durationMs: null, forked: false, failureExpected: false, boots: [], findings: [] };

function lived(vm: string, ...startedAts: readonly number[]): RunEvent {
  const lives = startedAts.map((startedAt) => ({ startedAt, ...life }));
  return { kind: 'vm-lived', ...scene, vm, lives };
}

test('what is told of a machine later counts, on the clock of the run', () => {
  const recorder = new EventRecorder(STARTED_AT);
  recorder.record(lived('boot-1', STARTED_AT + 5));
  recorder.record(lived('boot-2', STARTED_AT - 5));
  recorder.record(lived('boot-1', STARTED_AT + 5, STARTED_AT + 70));
  const told = recorder.lives.map(({ vm, target, startMs }) => [vm, target, startMs]);
  expect(told).toEqual([
    ['boot-1', 'a/x86_64', 5],
    ['boot-1', 'a/x86_64', 70],
    ['boot-2', 'a/x86_64', 0],
  ]);
});
