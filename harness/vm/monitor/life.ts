import type { Milestone } from '../../os/milestones.ts';
import type { RunParts } from '../run-parts.ts';
import type { CrashWatch } from './crash-watch.ts';
import type { Boots } from './follow-boots.ts';
import type { MachineSymptom } from './verdict/crash-error.ts';

interface LivedBoot {
  /** Milliseconds since the machine was started: 0, or the time of a reset. */
  readonly startedAtMs: number;
  /** Milliseconds since the start of this boot. */
  readonly marks: Readonly<Partial<Record<Milestone, number>>>;
}

interface LivedFinding extends Pick<MachineSymptom, 'kind' | 'severity' | 'title' | 'text'> {
  /** Milliseconds since the machine was started; null if it was seen before the machine became this one. */
  readonly atMs: number | null;
  /** The kernel's lines about it, up to a bound; none for what QMP says. It is longer while it is still coming. */
  readonly report: readonly string[];
}

/** One run of a machine as plain data, from its start up to now or to its end. */
export interface Life {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds since the start; null while it goes on. */
  readonly endedAtMs: number | null;
  /** It began as a copy of another machine. */
  readonly isFork: boolean;
  /** A failure of it is what its user provoked. */
  readonly failureExpected: boolean;
  readonly boots: readonly LivedBoot[];
  readonly findings: readonly LivedFinding[];
}

export type WatchedLife = Omit<Life, 'failureExpected'>;

/** @returns what gives the life up to the moment when it is called. */
export function followLife(
  {
    now,
    noted,
    process,
  }: Pick<RunParts, 'now' | 'noted'> & { readonly process: Pick<RunParts['process'], 'exited'> },
  watch: Pick<CrashWatch, 'seen'>,
  { timelines }: Pick<Boots, 'timelines'>,
): () => WatchedLife {
  const startedAt = Date.now() - now();
  let endedAtMs: number | null = null;
  void process.exited.then(() => {
    endedAtMs = now();
  });
  return () => ({
    ...{ startedAt, endedAtMs, isFork: noted !== undefined },
    boots: timelines.map(({ startedAtMs, marks }) => ({ startedAtMs, marks })),
    findings: watch.seen.map(({ symptom, atMs }) => {
      const { kind, severity, title, text } = symptom;
      return { kind, severity, title, text, atMs, report: 'report' in symptom ? symptom.report : [] };
    }),
  });
}
