import type { FindingKind, Severity } from '../finding.ts';
import type { Speaker } from '../speaker.ts';

/** Where the function to blame is found: see `Blame`. */
export type BlameBy =
  /** The head's function, the instruction pointer, the frames of the call trace: the first that is not machinery. */
  | 'first-frame'
  /** As before, but the place where lockdep saw the lock comes first. */
  | 'lock'
  /** As before, but the locks are those that the task holds. */
  | 'held-lock'
  /** The interrupted part of the trace, by what started it. */
  | 'stall'
  /** The head's function, or none. */
  | 'head';

/** How one kind of report begins and goes on. */
export interface Signature {
  readonly kind: FindingKind;
  readonly severity: Severity | ((match: RegExpExecArray) => Severity);
  /** Whose word it is. */
  readonly speaker: Exclude<Speaker, 'program'>;
  /**
   * Looked for at the beginning of a message: what comes later may be a program's name or a setting. Its group `function`
   * is a candidate for the blame.
   */
  readonly pattern: RegExp;
  /** The title without the function. */
  readonly title: string | ((match: RegExpExecArray) => string);
  readonly blame: BlameBy;
  /** Machinery of this kind only, besides `blame/machinery.ts`. */
  readonly machinery?: RegExp;
  /** Lines that make the title more exact, or name the function. */
  readonly refinements?: readonly Refinement[];
  /** Frames before this line belong to something else. */
  readonly traceFrom?: RegExp;
  /** Frames after this line belong to something else. */
  readonly traceUntil?: RegExp;
  /**
   * Reports of one crash often come in steps ("list_del corruption", "kernel BUG at", "invalid opcode: 0000 [#1]"): a head
   * of a later step goes on with the open report instead of beginning another.
   */
  readonly step?: 1 | 2 | 3;
}

export interface Refinement {
  readonly pattern: RegExp;
  readonly title?: (title: string, match: RegExpExecArray) => string;
  /** The function that the line names is to blame, whatever the trace says. */
  readonly names?: boolean;
}

/** Where something is in the kernel, as `%pS` and `%pB` print it. */
export const PLACE = String.raw`(?<function>(?![0-9a-f]{8,}\b)[A-Za-z_][\w.$]*)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?`;
