import { summarize, type Summary } from '../../../harness/util/statistics.ts';
import type { UpdateSample, UpdateStep } from './measure.ts';

const STEPS: readonly UpdateStep[] = ['refresh', 'prepare', 'activate', 'reboot'];

export interface UpdateResult {
  readonly updateMs: Summary;
  readonly stepsMs: Readonly<Record<UpdateStep, Summary>>;
  readonly writtenBytes: Summary;
  /** Writing the update's bytes plainly, and one cold boot. */
  readonly floorMs: Summary;
  /** Median of the updates by median of the floors. */
  readonly ratio: number;
}

/** @throws {RangeError} without samples. */
export function summarizeUpdates(
  updates: readonly UpdateSample[],
  boots: readonly { readonly totalMs: number }[],
): UpdateResult {
  const updateMs = summarize(updates.map(({ totalMs }) => totalMs));
  const floors = updates.map(({ plainWriteMs }, index) => plainWriteMs + (boots[index]?.totalMs ?? NaN));
  const floorMs = summarize(floors);
  const steps = STEPS.map((step) => [step, summarize(updates.map(({ stepsMs }) => stepsMs[step]))]);
  return {
    ...{ updateMs, floorMs, ratio: updateMs.median / floorMs.median },
    stepsMs: Object.fromEntries(steps) as Record<UpdateStep, Summary>,
    writtenBytes: summarize(updates.map(({ writtenBytes }) => writtenBytes)),
  };
}
