import { mkdir, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { SAMPLE_REPORT } from '../render/testing/sample-report.ts';
import { usualDurations } from './usual.ts';

test('the usual time is the median of the last runs that passed', async () => {
  const scratch = await scratchDirectory();
  const [first] = SAMPLE_REPORT.tests.filter(({ state }) => state === 'passed');
  if (first === undefined) throw new Error('The sample has no test that passed.');
  for (const [index, durationMs] of [9_000_000, 100, 300, 200, 500, 400].entries()) {
    await mkdir(scratch(`run-${index}`));
    const report = { ...SAMPLE_REPORT, tests: [{ ...first, durationMs }] };
    await writeFile(scratch(`run-${index}/run.json`), JSON.stringify(report));
  }
  await mkdir(scratch('unfinished'));
  const usual = await usualDurations(scratch('.'));
  // The newest five count, of whatever name.
  expect(usual(first)).toBe(300);
  expect(usual({ ...first, promise: 'another' })).toBeUndefined();
  expect((await usualDurations(scratch('nowhere')))(first)).toBeUndefined();
});
