import type { LifeRecord } from '../../../life.ts';
import type { RunReport } from '../../../schema.ts';
import type { Machine } from '../context.ts';

/** Milliseconds since the first start of the machine. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly name: string;
}

export interface Phase extends Span {
  /** A milestone, or how the boot began. */
  readonly kind: string;
}

export interface TimelineStep extends Span {
  /** From 0; steps of one lane don't overlap. */
  readonly lane: number;
  readonly failed: boolean;
}

export interface TimelineFinding {
  readonly atMs: number;
  readonly severity: LifeRecord['findings'][number]['severity'];
  readonly title: string;
}

export interface Timeline {
  readonly totalMs: number;
  readonly phases: readonly Phase[];
  readonly steps: readonly TimelineStep[];
  readonly findings: readonly TimelineFinding[];
  /** When it was switched off or died. */
  readonly endsMs: readonly number[];
}

/** More lanes than this would say nothing. */
const MAX_LANES = 6;

/** What happened to a machine and in the tests that used it, on one clock; undefined when QEMU never started it. */
export function timelineOf(
  { lives, tests }: Pick<Machine, 'lives' | 'tests'>,
  { fileSteps }: Pick<RunReport, 'fileSteps'>,
): Timeline | undefined {
  const [first] = lives;
  if (first === undefined) return undefined;
  const origin = first.startMs;
  const testsEndMs = tests.reduce((most, test) => Math.max(most, test.startMs + test.durationMs - origin), 0);
  const ends = lives.map((life, index) => endOf(life, lives[index + 1], { origin, testsEndMs }));
  const totalMs = Math.max(1, ...ends);
  const files = new Set(tests.map(({ file, target }) => `${target} ${file}`));
  const steps = [
    ...tests.flatMap((test) => test.steps),
    ...fileSteps.filter(({ file, target }) => files.has(`${target} ${file}`)),
  ].map(({ name, startMs, durationMs, error }) => ({
    ...{ name, failed: error !== null, fromMs: startMs - origin },
    toMs: durationMs === null ? totalMs : startMs - origin + durationMs,
  }));
  return {
    totalMs,
    phases: lives.flatMap((life, index) => phasesOf(life, life.startMs - origin, ends[index] ?? totalMs)),
    steps: inLanes(
      steps
        .filter(({ fromMs, toMs }) => toMs >= 0 && fromMs <= totalMs)
        .map((step) => ({ ...step, fromMs: Math.max(0, step.fromMs), toMs: Math.min(totalMs, step.toMs) })),
    ),
    findings: lives.flatMap(({ findings, startMs }) =>
      findings.flatMap(({ atMs, severity, title }) =>
        atMs === null ? [] : [{ atMs: startMs - origin + atMs, severity, title }],
      ),
    ),
    endsMs: lives.flatMap(({ startMs, durationMs }) =>
      durationMs === null ? [] : [startMs - origin + durationMs],
    ),
  };
}

/** Of a machine whose end was not seen: the latest that is known of it. */
function endOf(
  { startMs, durationMs, boots, findings }: LifeRecord,
  next: LifeRecord | undefined,
  { origin, testsEndMs }: { readonly origin: number; readonly testsEndMs: number },
): number {
  if (durationMs !== null) return startMs - origin + durationMs;
  if (next !== undefined) return next.startMs - origin;
  const known = [
    ...boots.flatMap((boot) => [boot.startMs, ...Object.values(boot.marks).map((ms) => boot.startMs + ms)]),
    ...findings.map(({ atMs }) => atMs ?? 0),
  ];
  return Math.max(testsEndMs, ...known.map((ms) => startMs - origin + ms));
}

function phasesOf({ boots, forked }: LifeRecord, startMs: number, endMs: number): Phase[] {
  return boots.flatMap((boot, number) => {
    const next = boots[number + 1];
    const begin = number > 0 ? 'reset' : forked ? 'fork' : 'power-on';
    const marks = Object.entries(boot.marks).sort(([, a], [, b]) => a - b);
    const starts = [[begin, 0] as const, ...marks].map(
      ([kind, ms]) => [kind, startMs + boot.startMs + ms] as const,
    );
    const bootEndMs = next === undefined ? endMs : startMs + next.startMs;
    return starts.map(([kind, fromMs], index) => ({
      ...{ kind, name: kind, fromMs },
      toMs: Math.max(fromMs, starts[index + 1]?.[1] ?? bootEndMs),
    }));
  });
}

function inLanes(steps: readonly Omit<TimelineStep, 'lane'>[]): TimelineStep[] {
  const endsMs: number[] = [];
  return [...steps]
    .sort((a, b) => a.fromMs - b.fromMs)
    .map((step) => {
      const free = endsMs.findIndex((endMs) => endMs <= step.fromMs);
      const lane = Math.min(free === -1 ? endsMs.length : free, MAX_LANES - 1);
      endsMs[lane] = Math.max(endsMs[lane] ?? 0, step.toMs);
      return { ...step, lane };
    });
}
