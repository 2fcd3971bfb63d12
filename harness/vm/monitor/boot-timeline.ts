/** What a booting machine passes, in this order: first byte on the console, slot loader, kernel, init, bridge, host API. */
export const MILESTONES = ['firmware', 'loader', 'kernel', 'userspace', 'bridge', 'api'] as const;
export type Milestone = (typeof MILESTONES)[number];

/**
 * How a line of the console shows that a milestone is reached; the others are seen by other means. A kernel that was made
 * quiet is seen when it first complains, and init when it greets.
 */
const CONSOLE_MARKS: readonly (readonly [Milestone, RegExp])[] = [
  ['loader', /^sparkler: slot /],
  ['userspace', /\bas init process$|\bsystemd\[1\]: |^Welcome to /],
  ['kernel', /^\[ *\d+\.\d{6}\] /],
];

/** The milestones of one boot as the host sees them. */
export class Timeline {
  readonly #startedAtMs: number;
  readonly #marks = new Map<Milestone, number>();

  /** @param startedAtMs when this boot began; 0 for the one by power-on, later for a reset. */
  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  /** Only the first time counts. @param atMs on the same clock as the start. */
  mark(milestone: Milestone, atMs: number): void {
    if (!this.#marks.has(milestone)) this.#marks.set(milestone, atMs - this.#startedAtMs);
  }

  markLine(text: string, atMs: number): void {
    const found = CONSOLE_MARKS.find(([, pattern]) => pattern.test(text));
    if (found !== undefined) this.mark(found[0], atMs);
  }

  /** Milliseconds from the start of this boot; absent what was not passed, or not seen. */
  get marks(): Readonly<Partial<Record<Milestone, number>>> {
    return Object.fromEntries(this.#marks);
  }
}
