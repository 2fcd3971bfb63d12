import type { Severity } from '../finding.ts';
import type { Signature } from './signature.ts';

const common = {
  kind: 'lockdep',
  // A violated rule is a warning; a lock that is wrong already is a bug.
  severity: (match: RegExpExecArray): Severity => (wordOf(match) === 'BUG' ? 'fatal' : 'failure'),
  speaker: 'kernel',
  blame: 'lock',
} as const;
/** Lockdep writes "WARNING: x" since 4.11, "[ INFO: x ]" or "[ BUG: x ]" before and where it is certain. */
const head = (what: string): RegExp => new RegExp(String.raw`^(?:\[ )?(?:WARNING|INFO|BUG): ${what}`);
const BACKTRACE = /^stack backtrace:/;

/** Reports of the kernel's lock validator (kernel/locking/lockdep.c) and its neighbours. */
export const LOCKING: readonly Signature[] = [
  {
    ...common,
    pattern: head(
      String.raw`(?:possible circular locking|possible recursive locking|possible irq lock inversion)`,
    ),
    title: 'possible deadlock',
    traceFrom: BACKTRACE,
  },
  {
    ...common,
    pattern: head(String.raw`\w+-safe -> \w+-unsafe lock order`),
    title: 'possible deadlock',
    blame: 'first-frame',
    traceFrom: /which became \S+-safe at:/,
  },
  {
    ...common,
    pattern: head('inconsistent lock state'),
    title: 'inconsistent lock state',
    traceFrom: BACKTRACE,
  },
  {
    ...common,
    pattern: head('suspicious RCU usage'),
    title: (match) => `${wordOf(match)}: suspicious RCU usage`,
    traceFrom: BACKTRACE,
    blame: 'first-frame',
  },
  {
    ...common,
    pattern: head('bad (?:unlock balance|contention)'),
    title: (match) =>
      `${wordOf(match)}: ${match[0].includes('unlock') ? 'bad unlock balance' : 'bad contention'}`,
    blame: 'first-frame',
  },
  {
    ...common,
    pattern: head('held lock freed'),
    title: (match) => `${wordOf(match)}: held lock freed`,
    traceFrom: BACKTRACE,
    blame: 'lock',
  },
  {
    ...common,
    pattern: head('.{1,40} still has locks held'),
    title: (match) => `${wordOf(match)}: still has locks held`,
    blame: 'held-lock',
  },
  {
    ...common,
    pattern: head('lock held when returning to user space'),
    title: 'BUG: lock held when returning to user space',
    blame: 'held-lock',
  },
  { ...common, pattern: head('Invalid wait context'), title: 'WARNING: locking bug' },
  { ...common, pattern: head('Nested lock was not taken'), title: 'WARNING: nested lock was not taken' },
  {
    ...common,
    pattern: /^INFO: trying to register non-static key/,
    title: 'INFO: trying to register non-static key',
    blame: 'first-frame',
  },
  {
    ...common,
    pattern:
      /^BUG: (?<what>(?:spinlock|rwlock) (?:lockup suspected|recursion|bad magic|[\w ]+?))(?:,| on CPU)/,
    title: ({ groups }) => `BUG: ${groups?.['what'] ?? ''}`,
    blame: 'first-frame',
  },
  {
    ...common,
    pattern: /^BUG: (?<what>using \w+\(\) in preemptible)/,
    title: ({ groups }) => `BUG: ${groups?.['what'] ?? ''} code`,
    blame: 'first-frame',
  },
  {
    ...common,
    pattern: /^BUG: (?<what>MAX_\w+|key \S+) (?:too low|not in|has not been registered)/,
    title: ({ groups }) => `BUG: ${groups?.['what'] ?? ''} too low!`,
    blame: 'head',
  },
];

function wordOf(match: RegExpExecArray): string {
  return /(WARNING|INFO|BUG):/.exec(match[0])?.[1] ?? 'WARNING';
}
