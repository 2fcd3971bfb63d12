/**
 * How bad a finding is:
 *
 * - `fatal`: nothing that the system does afterwards can be trusted.
 * - `failure`: a defect showed, and the system goes on.
 * - `soft-failure`: something took too long, which a busy host can cause too.
 * - `note`: it may be wanted, or what a test provokes.
 */
export type Severity = 'note' | 'soft-failure' | 'failure' | 'fatal';

export type FindingKind =
  | 'panic'
  | 'oops'
  | 'bug'
  | 'warning'
  | 'kasan'
  | 'kmsan'
  | 'kcsan'
  | 'kfence'
  | 'ubsan'
  | 'lockdep'
  | 'soft-lockup'
  | 'hard-lockup'
  | 'hung-task'
  | 'rcu-stall'
  | 'workqueue-lockup'
  | 'atomic-sleep'
  | 'memory-leak'
  | 'refcount'
  | 'out-of-memory'
  | 'verity-corruption'
  | 'file-system-error'
  | 'firmware-exception'
  | 'unit-failed'
  | 'service-restarted'
  | 'emergency-mode';

/** What a console or a journal shows to have gone wrong. It is refined while its report goes on. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** One line, in the form that syzbot gives the reports of Linux: equal titles are one finding. */
  readonly title: string;
  /** The function to blame, where the report names one. */
  readonly function?: string | undefined;
  /** The message that gave it away. */
  readonly text: string;
  /** Where that message is, as the caller counts lines. */
  readonly line: number;
  /** The report, from that message on, up to a bound. */
  readonly report: readonly string[];
}
