import { summarize, type Summary } from '../../../harness/util/numbers/statistics.ts';
import type { UpdateSample, UpdateStep } from './measure.ts';

const STEPS: readonly UpdateStep[] = ['refresh', 'prepare', 'activate', 'reboot'];

export interface UpdateResult {
  readonly updateMs: Summary;
  readonly stepsMs: Readonly<Record<UpdateStep, Summary>>;
  readonly writtenBytes: Summary;
  /** Writing as many bytes directly, and one cold boot. */
  readonly baselineMs: Summary;
  /** Median of the updates / median of the baselines. */
  readonly ratio: number;
}

/** @throws {RangeError} without samples. */
export function summarizeUpdates(
  updates: readonly UpdateSample[],
  boots: readonly { readonly totalMs: number }[],
): UpdateResult {
  const updateMs = summarize(updates.map(({ totalMs }) => totalMs));
  const baselines = updates.map(({ plainWriteMs }, index) => plainWriteMs + (boots[index]?.totalMs ?? NaN));
  const baselineMs = summarize(baselines);
  const steps = STEPS.map((step) => [step, summarize(updates.map(({ stepsMs }) => stepsMs[step]))]);
  return {
    ...{ updateMs, baselineMs, ratio: updateMs.median / baselineMs.median },
    stepsMs: Object.fromEntries(steps) as Record<UpdateStep, Summary>,
    writtenBytes: summarize(updates.map(({ writtenBytes }) => writtenBytes)),
  };
}
