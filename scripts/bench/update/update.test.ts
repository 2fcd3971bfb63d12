import { expect, it } from 'vitest';

import { renderUpdate } from './render.ts';
import { summarizeUpdates } from './result.ts';

const update = (prepare: number, plainWriteMs: number) => ({
  totalMs: prepare + 4000,
  stepsMs: { refresh: 500, prepare, activate: 500, reboot: 3000 },
  ...{ writtenBytes: 2 ** 26, plainWriteMs },
});

const result = summarizeUpdates(
  [update(1000, 200), update(3000, 400)],
  [{ totalMs: 1800 }, { totalMs: 2600 }],
);

it('divides the median update by the median baseline', () => {
  expect(result.updateMs).toMatchObject({ min: 5000, max: 7000, median: 6000 });
  expect(result.baselineMs).toMatchObject({ min: 2000, max: 3000, median: 2500 });
  expect(result.ratio).toBeCloseTo(2.4);
});

it('shows each step, the baseline, their ratio and what was written', () => {
  const target = { name: 'metal-x/x86_64', accelerator: { name: 'tcg' } } as never;
  expect(renderUpdate(target, result)).toMatch(
    /^update of metal-x\/x86_64 under tcg[^]*prepare +2 +2000[^]*baseline +2 +2500[^]*medians: 2\.40x[^]*written: 64\.0 MiB/,
  );
});
