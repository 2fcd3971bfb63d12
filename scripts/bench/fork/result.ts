import { quantile, summarize, type Summary } from '../../../harness/util/numbers/statistics.ts';
import type { MemorySample } from './memory.ts';

/** All in milliseconds, to the first answer of the host API. */
export interface ForkSamples {
  readonly forks: readonly number[];
  readonly boots: readonly number[];
  /** What -loadvm does. */
  readonly snapshotLoads: readonly number[];
  /** A state that holds all the memory, from a file. */
  readonly wholeStates: readonly number[];
}

export interface ForkResult {
  readonly templateMs: number;
  readonly memory: readonly MemorySample[];
  readonly forkMs: Summary & { readonly p99: number };
  readonly bootMs: Summary;
  readonly snapshotLoadMs: Summary;
  readonly wholeStateMs: Summary;
  /** Median of the boots / median of the forks. */
  readonly ratio: number;
}

/** @throws {RangeError} without samples. */
export function summarizeForks(samples: ForkSamples): Omit<ForkResult, 'templateMs' | 'memory'> {
  const forkMs = { ...summarize(samples.forks), p99: quantile(samples.forks, 0.99) };
  const bootMs = summarize(samples.boots);
  return {
    ...{ forkMs, bootMs },
    snapshotLoadMs: summarize(samples.snapshotLoads),
    wholeStateMs: summarize(samples.wholeStates),
    ratio: bootMs.median / forkMs.median,
  };
}
