import { MILESTONES } from '../../os/milestones.ts';
import { bootsOf, type LifeRecord } from '../life.ts';
import type { RunReport } from '../schema.ts';

/** Milliseconds that each phase of a boot took, of all boots of a run; a phase is "kernel → userspace". */
export type BootPhases = ReadonlyMap<string, readonly number[]>;

/** What is known of the boots of one run. */
export interface BootsOfRun {
  readonly startedAt: string;
  /** By target and accelerator: without KVM a boot takes many times as long. */
  readonly targets: ReadonlyMap<string, BootPhases>;
}

export function bootsOfRun({ startedAt, lives, targets }: RunReport): BootsOfRun {
  const found = targets.map(({ name, accelerator }): [string, BootPhases] => [
    `${name}, ${accelerator.name}`,
    phasesOf(lives.filter(({ target }) => target === name)),
  ]);
  return { startedAt, targets: new Map(found.filter(([, phases]) => phases.size > 0)) };
}

/** In the order in which a boot has them. */
function phasesOf(lives: readonly Pick<LifeRecord, 'forked' | 'boots'>[]): BootPhases {
  const samples = new Map<string, number[]>();
  for (const { marks } of bootsOf(lives)) {
    const passed = MILESTONES.flatMap((name) => {
      const atMs = marks[name];
      return atMs === undefined ? [] : [{ name, atMs }];
    }).sort((one, other) => one.atMs - other.atMs);
    let [before, beforeMs] = ['power on', 0];
    for (const { name, atMs } of passed) {
      const phase = `${before} → ${name}`;
      samples.set(phase, [...(samples.get(phase) ?? []), atMs - beforeMs]);
      [before, beforeMs] = [name, atMs];
    }
  }
  const rank = (phase: string): number => MILESTONES.findIndex((name) => phase.endsWith(` ${name}`));
  return new Map([...samples].sort(([one], [other]) => rank(one) - rank(other)));
}
