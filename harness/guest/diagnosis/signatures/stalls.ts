import type { Signature } from './signature.ts';

const common = { severity: 'soft-failure', speaker: 'kernel' } as const;
/** The trace of the task that hangs ends here; those of CPUs and other tasks follow. */
const OTHERS =
  /^(?:Showing all locks|NMI backtrace|Sending NMI|\d+ locks? held by|INFO: lockdep|Kernel panic)/;

/** What a task that waits calls last. */
const WAITING =
  /^(?:_*rela_|rcu_barrier|console_lock|call_rwsem_|_*filemap_fdatawait|fdatawait_|_*do_read_cache|_*down|wait_|rwsem|_*synchronize_rcu_normal|__wait|page_lock|do_wait|flush_|percpu_ref|blk_mq_freeze_queue_wait|submit_bio_wait|jbd2_log_wait)/;

/** Code that goes on for too long, or does not go on. Under emulation a busy host is a likely reason. */
export const STALLS: readonly Signature[] = [
  {
    ...common,
    kind: 'soft-lockup',
    pattern: /^(?:(?:NMI )?watchdog: )?BUG: soft lockup/,
    title: 'BUG: soft lockup',
    blame: 'stall',
  },
  {
    ...common,
    kind: 'hard-lockup',
    severity: 'fatal',
    pattern: /^(?:NMI )?watchdog: .{0,60}\bhard LOCKUP\b/i,
    title: 'BUG: hard lockup',
    blame: 'stall',
  },
  {
    ...common,
    kind: 'rcu-stall',
    pattern: /^(?:rcu\S*: )?INFO: .{0,40}(?:self-)?detected (?:expedited )?stalls?\b/,
    title: 'INFO: rcu detected stall',
    blame: 'stall',
  },
  {
    ...common,
    kind: 'hung-task',
    pattern: /^INFO: task .{1,60} (?<what>blocked(?: in I\/O wait)?|can't die) for more than \d+ seconds/,
    title: ({ groups }) => `INFO: task ${groups?.['what'] === "can't die" ? "can't die" : 'hung'}`,
    blame: 'first-frame',
    traceUntil: OTHERS,
    machinery: WAITING,
  },
  {
    ...common,
    kind: 'workqueue-lockup',
    pattern: /^BUG: workqueue lockup/,
    title: 'BUG: workqueue lockup',
    blame: 'head',
  },
];
