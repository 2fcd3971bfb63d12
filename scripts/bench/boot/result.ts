import { summarize, type Summary } from '../../../harness/util/numbers/statistics.ts';
import { MILESTONES, type Milestone } from '../../../harness/os/milestones.ts';
import type { BootSample, BaselineSample } from './measure.ts';

export const PHASES = ['firmware', 'loader', 'kernel', 'userspace'] as const;
export type Phase = (typeof PHASES)[number];

export interface BootResult {
  readonly bootMs: Summary;
  readonly baselineMs: Summary;
  /** Median of the boots / median of the baselines. */
  readonly ratio: number;
  /** How long each phase took, as the guest reports it; absent where the platform doesn't. */
  readonly phasesMs: Readonly<Partial<Record<Phase, Summary>>>;
  /** When the host saw each milestone, since QEMU's start; absent what it can't see. */
  readonly milestonesMs: Readonly<Partial<Record<Milestone, Summary>>>;
  readonly samples: { readonly boots: readonly BootSample[]; readonly baselines: readonly BaselineSample[] };
}

/** @throws {RangeError} without samples. */
export function summarizeBoots(
  boots: readonly BootSample[],
  baselines: readonly BaselineSample[],
): BootResult {
  const bootMs = summarize(boots.map(({ totalMs }) => totalMs));
  const baselineMs = summarize(baselines.map(({ totalMs }) => totalMs));
  return {
    bootMs,
    baselineMs,
    ratio: bootMs.median / baselineMs.median,
    phasesMs: summarizeEach(PHASES, (phase) => boots.map(({ phases }) => phases[`${phase}_ms`])),
    milestonesMs: summarizeEach(MILESTONES, (milestone) => boots.map(({ marks }) => marks[milestone])),
    samples: { boots, baselines },
  };
}

/** Of each name, the values that there are; nothing of a name without any. */
function summarizeEach<Name extends string>(
  names: readonly Name[],
  valuesOf: (name: Name) => readonly (number | null | undefined)[],
): Partial<Record<Name, Summary>> {
  const entries = names.flatMap((name) => {
    const values = valuesOf(name).filter((value) => typeof value === 'number');
    return values.length === 0 ? [] : [[name, summarize(values)] as const];
  });
  return Object.fromEntries(entries) as Partial<Record<Name, Summary>>;
}
