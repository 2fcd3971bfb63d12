import { expect, it } from 'vitest';

import { renderContainers } from './render.ts';
import { summarizeContainers } from './result.ts';

const life = (create: number) => ({ create, start: 200, 'first output': 100, exec: 50, stop: 30 });

const result = summarizeContainers({
  pull: [4000],
  call: [10, 20, 30],
  lives: [life(700), life(500), life(900)],
  perSecond: [2, 4],
  memory: [3 * 2 ** 20, 5 * 2 ** 20],
});

it('compares the time to the first output with a call that does nothing', () => {
  expect(result.startedMs).toBe(1000);
  expect(result.ratio).toBe(50);
  expect(result.stepsMs.create).toEqual({ count: 3, p50: 700, p99: expect.closeTo(896) as number });
});

it('shows each step, the baseline, the rate and the memory', () => {
  const target = { name: 'metal-x/x86_64', accelerator: { name: 'tcg' } } as never;
  expect(renderContainers(target, result)).toMatch(
    /^containers of metal-x\/x86_64 under tcg[^]*pull +1 +4000 +4000\n[^]*create +3 +700 +896\n[^]*baseline +3 +20[^]*50\.00x[^]*3\.00\n[^]*4\.0 MiB/,
  );
});
