import { Deadline } from '../util/deadline.ts';
import type { Accelerator } from './argv/options.ts';
import { deadlineScale, measureHostSlowness } from './speed.ts';

/** What is left of a time that can't be extended, such as a test's own limit. */
export interface TimeLimit {
  /** The whole of it. */
  readonly timeoutMs: number;
  remainingMs(): number;
}

/** The limit at this moment; undefined when there is none. */
export type CurrentLimit = () => TimeLimit | undefined;

/** The one policy of how long waits for a guest last: longer where guests are slower, but never past the limit around them. */
export class Deadlines {
  /** The guest's name, for the phrases of expired waits. */
  readonly guest: string;
  readonly #scale: number;
  readonly #limit: CurrentLimit;

  /** @param scale what to multiply every time by; see `deadlineScale`. */
  constructor(guest: string, scale: number, limit: CurrentLimit = () => undefined) {
    this.guest = guest;
    this.#scale = scale;
    this.#limit = limit;
  }

  /** @param accelerator null when it is unknown, which counts as the slower one. */
  static on(accelerator: Accelerator | null, guest: string, limit?: CurrentLimit): Deadlines {
    return new Deadlines(guest, deadlineScale(accelerator ?? 'tcg', measureHostSlowness()), limit);
  }

  /**
   * The deadline of one wait, starting now.
   *
   * @param timeoutMs enough for a guest under KVM on the reference host.
   * @param what completes the sentence "Timed out after … ms waiting for …".
   */
  within(timeoutMs: number, what: string): Deadline {
    return this.fixed(this.scaled(timeoutMs), what);
  }

  /** The same for work of the host, whose time does not depend on the guest. */
  fixed(timeoutMs: number, what: string): Deadline {
    const limit = this.#limit();
    const remainingMs = limit === undefined ? Infinity : Math.floor(limit.remainingMs());
    if (limit === undefined || timeoutMs <= remainingMs) return Deadline.after(timeoutMs, what);
    return Deadline.after(remainingMs, `${what} (all that was left of the test's ${limit.timeoutMs} ms)`);
  }

  scaled(timeoutMs: number): number {
    return Math.ceil(timeoutMs * this.#scale);
  }
}
