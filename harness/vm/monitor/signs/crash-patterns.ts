/**
 * After a fatal symptom nothing that the machine does can be trusted. A noted one may be what a test provokes, or a slow
 * host's doing, so it only goes into the evidence.
 */
export type Severity = 'fatal' | 'noted';

export type SymptomKind =
  | 'panic'
  | 'oops'
  | 'bug'
  | 'hard-lockup'
  | 'soft-lockup'
  | 'hung-task'
  | 'rcu-stall'
  | 'verity-corruption'
  | 'out-of-memory'
  | 'unit-failed'
  | 'emergency-mode';

export interface Symptom {
  readonly kind: SymptomKind;
  readonly severity: Severity;
  /** The line that gave it away. */
  readonly text: string;
}

interface Pattern {
  readonly kind: SymptomKind;
  readonly severity: Severity;
  readonly pattern: RegExp;
}

/** The first that matches wins. Wordings are those of Linux 5.10 to 7.x and systemd 250 to 257. */
const PATTERNS: readonly Pattern[] = [
  { kind: 'panic', severity: 'fatal', pattern: /Kernel panic - not syncing/ },
  { kind: 'soft-lockup', severity: 'noted', pattern: /BUG: soft lockup/ },
  { kind: 'hard-lockup', severity: 'fatal', pattern: /hard LOCKUP/i },
  { kind: 'oops', severity: 'fatal', pattern: /\bOops: |Internal error: Oops|general protection fault, / },
  { kind: 'bug', severity: 'fatal', pattern: /\bkernel BUG at |\bBUG: / },
  { kind: 'hung-task', severity: 'noted', pattern: /INFO: task .+ blocked for more than \d+ seconds/ },
  { kind: 'rcu-stall', severity: 'noted', pattern: /\brcu\S*: INFO: .*(?:self-)?detected stall/ },
  {
    kind: 'verity-corruption',
    severity: 'fatal',
    pattern: /device-mapper: verity: .*(?:is corrupted|corruption)/,
  },
  { kind: 'out-of-memory', severity: 'noted', pattern: /[Oo]ut of memory: Killed process|oom-kill:/ },
  {
    kind: 'emergency-mode',
    severity: 'fatal',
    pattern: /You are in emergency mode|Reached target .*[Ee]mergency Mode/,
  },
  { kind: 'unit-failed', severity: 'noted', pattern: /Failed to start / },
];

/** What a line of the console or the journal gives away about the health of the machine. */
export function diagnose(text: string): Symptom | undefined {
  const match = PATTERNS.find(({ pattern }) => pattern.test(text));
  return match && { kind: match.kind, severity: match.severity, text };
}
