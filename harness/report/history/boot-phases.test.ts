import { expect, test } from 'vitest';

import { SAMPLE_REPORT } from '../render/testing/sample-report.ts';
import { bootsOfRun } from './boot-phases.ts';

test('phases of boots last from one milestone to the next, in the order of a boot', () => {
  const { startedAt, targets } = bootsOfRun(SAMPLE_REPORT);
  expect(startedAt).toBe(SAMPLE_REPORT.startedAt);
  const phases = targets.get('metal-containerd/x86_64, tcg') ?? new Map();
  expect([...phases]).toEqual([
    ['power on → firmware', [300, 310, 250]],
    ['firmware → loader', [1220, 1180]],
    ['loader → kernel', [180, 190]],
    ['kernel → userspace', [1300, 1220]],
    ['userspace → api', [4000]],
    ['userspace → ready', [4700]],
  ]);
});

test('a fork has no boot but those that came after a reset', () => {
  const lives = SAMPLE_REPORT.lives.map((life) => ({ ...life, forked: true }));
  const [phases] = bootsOfRun({ ...SAMPLE_REPORT, lives }).targets.values();
  expect([...(phases ?? [])]).toEqual([['power on → firmware', [250]]]);
  expect(bootsOfRun({ ...SAMPLE_REPORT, lives: [] }).targets.size).toBe(0);
});
