import { median, summarize, type Summary } from '../../../harness/util/numbers/statistics.ts';
import type { LivepatchSample } from './measure.ts';

/** The times of all machines; what each of them means is said at `LivepatchSample`. */
export type LivepatchResult = Readonly<Record<keyof LivepatchSample, Summary>> & {
  /** Median of the live patches / median of the updates. */
  readonly ratio: number;
  /** Medians of the longest pauses: with patches / without. */
  readonly pauseRatio: number;
};

/** @throws {RangeError} without samples. */
export function summarizeLivepatches(samples: readonly LivepatchSample[]): LivepatchResult {
  const of = (name: keyof LivepatchSample): number[] => samples.flatMap((sample) => sample[name]);
  const ratioOf = (one: keyof LivepatchSample, other: keyof LivepatchSample): number =>
    median(of(one)) / median(of(other));
  return {
    applyMs: summarize(of('applyMs')),
    revertMs: summarize(of('revertMs')),
    pauseMs: summarize(of('pauseMs')),
    idlePauseMs: summarize(of('idlePauseMs')),
    updateMs: summarize(of('updateMs')),
    downMs: summarize(of('downMs')),
    ratio: ratioOf('applyMs', 'updateMs'),
    pauseRatio: ratioOf('pauseMs', 'idlePauseMs'),
  };
}
