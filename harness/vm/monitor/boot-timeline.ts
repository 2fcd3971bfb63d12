import type { Milestone } from '../../os/milestones.ts';
import type { ConsoleMark } from '../../os/profile.ts';

/** The milestones of one boot as the host sees them. */
export class Timeline {
  readonly startedAtMs: number;
  readonly #consoleMarks: readonly ConsoleMark[];
  readonly #marks = new Map<Milestone, number>();

  /**
   * @param startedAtMs when this boot began; 0 for the one by power-on, later for a reset.
   * @param consoleMarks how lines of the console show milestones; the others are seen by other means.
   */
  constructor(startedAtMs: number, consoleMarks: readonly ConsoleMark[]) {
    this.startedAtMs = startedAtMs;
    this.#consoleMarks = consoleMarks;
  }

  /** Only the first time counts. @param atMs on the same clock as the start. */
  mark(milestone: Milestone, atMs: number): void {
    if (!this.#marks.has(milestone)) this.#marks.set(milestone, atMs - this.startedAtMs);
  }

  markLine(text: string, atMs: number): void {
    const found = this.#consoleMarks.find(([, pattern]) => pattern.test(text));
    if (found !== undefined) this.mark(found[0], atMs);
  }

  /** Milliseconds from the start of this boot; absent what was not passed, or not seen. */
  get marks(): Readonly<Partial<Record<Milestone, number>>> {
    return Object.fromEntries(this.#marks);
  }
}
