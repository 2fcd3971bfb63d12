import type { Utterance } from './speaker.ts';

/** What the first process puts before its messages when it logs to the kernel's buffer. */
const OWN_NAME = /^systemd\[1\]: /;

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
  /** The message that gave it away. */
  readonly text: string;
}

interface Pattern {
  readonly kind: SymptomKind;
  readonly severity: Severity;
  /** Whose word it is. */
  readonly speaker: 'kernel' | 'init';
  /** Looked for at the beginning of a message: what comes later may be a program's name or a setting. */
  readonly pattern: RegExp;
}

const kernel = (kind: SymptomKind, severity: Severity, pattern: RegExp): Pattern => ({
  ...{ kind, severity, pattern },
  speaker: 'kernel',
});
const init = (kind: SymptomKind, severity: Severity, pattern: RegExp): Pattern => ({
  ...{ kind, severity, pattern },
  speaker: 'init',
});

/** The first that matches wins. Wordings are those of Linux 5.10 to 7.x and systemd 250 to 257. */
const PATTERNS: readonly Pattern[] = [
  kernel('panic', 'fatal', /^Kernel panic - not syncing/),
  kernel('soft-lockup', 'noted', /^(?:(?:NMI )?watchdog: )?BUG: soft lockup/),
  kernel('hard-lockup', 'fatal', /^(?:NMI )?watchdog: .*hard LOCKUP/i),
  kernel('oops', 'fatal', /^(?:Internal error: )?Oops\b|^general protection fault, /),
  kernel('bug', 'fatal', /^kernel BUG at |^(?:\[ )?BUG: /),
  kernel('hung-task', 'noted', /^INFO: task .+ blocked for more than \d+ seconds/),
  kernel('rcu-stall', 'noted', /^rcu\S*: INFO: .*(?:self-)?detected stall/),
  kernel('verity-corruption', 'fatal', /^device-mapper: verity: .*(?:is corrupted|corruption)/),
  kernel('out-of-memory', 'noted', /^(?:Memory cgroup o|O)ut of memory: Killed process|^oom-kill:/),
  init(
    'emergency-mode',
    'fatal',
    /^You are in emergency mode|^(?:\[ *OK *\] )?Reached target .*[Ee]mergency Mode/,
  ),
  init('unit-failed', 'noted', /^(?:\[FAILED\] )?Failed to start /),
];

/** What a message of the console or the journal gives away about the health of the machine. */
export function diagnose({ speaker, text }: Utterance): Symptom | undefined {
  const message = speaker === 'init' ? text.replace(OWN_NAME, '') : text;
  const match = PATTERNS.find(
    (one) => (speaker === 'unknown' || speaker === one.speaker) && one.pattern.test(message),
  );
  return match && { kind: match.kind, severity: match.severity, text };
}
