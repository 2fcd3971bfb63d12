import { summarize, type Summary } from '../../../harness/util/statistics.ts';
import { MILESTONES, type Milestone } from '../../../harness/os/milestones.ts';
import type { BootSample, FloorSample } from './measure.ts';

export const PHASES = ['firmware', 'loader', 'kernel', 'userspace'] as const;
export type Phase = (typeof PHASES)[number];

export interface BootResult {
  readonly bootMs: Summary;
  readonly floorMs: Summary;
  /** Median of the boots by median of the floors. */
  readonly ratio: number;
  /** How long each phase took, as the guest tells; absent where the platform doesn't say. */
  readonly phasesMs: Readonly<Partial<Record<Phase, Summary>>>;
  /** When the host saw each milestone, since QEMU's start; absent what it can't see. */
  readonly milestonesMs: Readonly<Partial<Record<Milestone, Summary>>>;
  readonly samples: { readonly boots: readonly BootSample[]; readonly floors: readonly FloorSample[] };
}

/** @throws {RangeError} without samples. */
export function summarizeBoots(boots: readonly BootSample[], floors: readonly FloorSample[]): BootResult {
  const bootMs = summarize(boots.map(({ totalMs }) => totalMs));
  const floorMs = summarize(floors.map(({ totalMs }) => totalMs));
  return {
    bootMs,
    floorMs,
    ratio: bootMs.median / floorMs.median,
    phasesMs: summarizeEach(PHASES, (phase) => boots.map(({ phases }) => phases[`${phase}_ms`])),
    milestonesMs: summarizeEach(MILESTONES, (milestone) => boots.map(({ marks }) => marks[milestone])),
    samples: { boots, floors },
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
