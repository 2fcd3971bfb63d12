import type { Deadline } from './deadline.ts';
import { deferred } from './deferred.ts';

/** Lets one piece of work run after the other, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @throws {WaitTimeoutError} when those before it are not done by the deadline; `work` is left out then. */
  async run<T>(deadline: Deadline, lastSeen: () => string, work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const done = deferred<undefined>();
    this.#last = Promise.all([before, done.promise]);
    try {
      await deadline.race(before, lastSeen);
      return await work();
    } finally {
      done.resolve(undefined);
    }
  }
}
