import { median, quantile } from '../../../harness/util/numbers/statistics.ts';
import { STEPS, type Step, type Times } from './measure.ts';

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

export interface ContainersResult {
  readonly stepsMs: Readonly<Record<Step, Percentiles>>;
  /** A call that changes nothing, which each step contains at least once: the baseline. */
  readonly callMs: Percentiles;
  /** Medians: of a container from its creation to its first output, and how many times the baseline that is. */
  readonly startedMs: number;
  readonly ratio: number;
  readonly perSecond: number;
  readonly idleBytes: number;
}

export interface ContainersSamples {
  readonly pull: readonly number[];
  readonly call: readonly number[];
  readonly lives: readonly Times[];
  readonly perSecond: readonly number[];
  readonly memory: readonly number[];
}

/** @throws {RangeError} without samples. */
export function summarizeContainers(samples: ContainersSamples): ContainersResult {
  const { pull, call, lives, perSecond, memory } = samples;
  const steps = STEPS.map((step) => [step, percentiles(lives.map((times) => times[step]))] as const);
  const startedMs = median(lives.map((times) => times.create + times.start + times['first output']));
  const callMs = percentiles(call);
  return {
    stepsMs: Object.fromEntries([['pull', percentiles(pull)], ...steps]) as Record<Step, Percentiles>,
    ...{ callMs, startedMs, ratio: startedMs / callMs.p50 },
    ...{ perSecond: median(perSecond), idleBytes: median(memory) },
  };
}

function percentiles(samples: readonly number[]): Percentiles {
  return { count: samples.length, p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) };
}
