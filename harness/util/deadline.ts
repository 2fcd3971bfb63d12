import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { WaitTimeoutError } from './errors.ts';

/**
 * A point on the monotonic clock by which something must have happened. It is handed down through every call of one
 * wait and never re-armed, so that nested steps share one budget.
 */
export class Deadline {
  readonly what: string;
  readonly timeoutMs: number;
  readonly #endsAtMs: number;

  private constructor(timeoutMs: number, what: string, remainingMs = timeoutMs) {
    this.what = what;
    this.timeoutMs = timeoutMs;
    this.#endsAtMs = performance.now() + remainingMs;
  }

  /** @param what completes the sentence "Timed out after … ms waiting for …". */
  static after(timeoutMs: number, what: string): Deadline {
    return new Deadline(timeoutMs, what);
  }

  remainingMs(): number {
    return Math.max(0, this.#endsAtMs - performance.now());
  }

  get expired(): boolean {
    return this.remainingMs() === 0;
  }

  /** A part of this wait with a name of its own: it ends after `timeoutMs` or with the whole, whichever is first. */
  within(timeoutMs: number, what: string): Deadline {
    const remainingMs = this.remainingMs();
    if (timeoutMs < remainingMs) return new Deadline(timeoutMs, what);
    // What the reader has waited for is the whole; what was left of it at this point says nothing.
    return new Deadline(this.timeoutMs, what, remainingMs);
  }

  error(lastSeen?: string): WaitTimeoutError {
    return new WaitTimeoutError(this.what, this.timeoutMs, lastSeen);
  }

  /** An abort signal for libraries that take one; it aborts with this deadline's error. */
  signal(): AbortSignal {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(this.error());
    }, this.remainingMs()).unref();
    return controller.signal;
  }

  /**
   * The promise's value, if it comes in time. The operation is not cancelled at the deadline; its late rejection is
   * swallowed, because the deadline's own error has been reported by then.
   *
   * @throws {WaitTimeoutError} that quotes `lastSeen()` as it is at that moment.
   */
  async race<T>(promise: Promise<T>, lastSeen?: () => string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(this.error(lastSeen?.()));
      }, this.remainingMs());
    });
    promise.catch(() => undefined);
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Asks `probe` every `intervalMs` until it answers something other than undefined. For things that can't announce
   * themselves; prefer an event where there is one.
   *
   * @throws {WaitTimeoutError}
   */
  async poll<T>(
    probe: () => Promise<T | undefined> | T | undefined,
    intervalMs: number,
    lastSeen?: () => string,
  ): Promise<T> {
    for (;;) {
      const answer = await this.race(Promise.resolve(probe()), lastSeen);
      if (answer !== undefined) return answer;
      if (this.expired) throw this.error(lastSeen?.());
      await pause(Math.min(intervalMs, this.remainingMs()));
    }
  }
}

/** Node's timers may fire early, by as long as the process was busy when they were set. */
async function pause(ms: number): Promise<void> {
  const endsAtMs = performance.now() + ms;
  for (let restMs = ms; restMs > 0; restMs = endsAtMs - performance.now()) await sleep(restMs);
}
