import { expect, it } from 'vitest';

import { renderLivepatch } from './render.ts';
import { summarizeLivepatches } from './result.ts';

const result = summarizeLivepatches([
  { applyMs: [200, 300], revertMs: [100, 100], pauseMs: 30, idlePauseMs: 20, updateMs: 9000, downMs: 6000 },
  { applyMs: [500, 400], revertMs: [100, 100], pauseMs: 30, idlePauseMs: 20, updateMs: 11_000, downMs: 8000 },
]);

it('divides the median live patch by the median update', () => {
  expect(result.applyMs).toMatchObject({ count: 4, median: 350, max: 500 });
  expect(result.ratio).toBeCloseTo(0.035);
  expect(result.pauseRatio).toBe(1.5);
});

it('shows patches, reverts, updates and their ratio', () => {
  const target = { name: 'metal-x/x86_64', accelerator: { name: 'tcg' } } as never;
  expect(renderLivepatch(target, result)).toMatch(
    /^live patches of metal-x\/x86_64 under tcg[^]*apply +4 +350[^]*longest pause +2 +30[^]*update +2 +10000[^]*reboot +2 +7000[^]*1\.50x[^]*medians: 0\.04x/,
  );
});
