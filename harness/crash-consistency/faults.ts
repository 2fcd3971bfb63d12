import type { BlockRequest, DiskError } from './device.ts';

/** What a disk is to do wrong. */
export interface DiskFault {
  readonly on: BlockRequest['kind'];
  /** Only requests that touch this stretch of the disk count. Default: all of it. A flush touches everything. */
  readonly within?: { readonly offset: number; readonly lengthBytes: number };
  /** So many of them are still served well. Default: 0. */
  readonly skip?: number;
  /** So many of them after those meet the fault. Default: all. */
  readonly times?: number;
  /**
   * An error; an answer that comes late; or none, ever again, to anything: the disk as it is when the power has been cut
   * and the machine does not know it yet.
   */
  readonly does: DiskError | { readonly delayMs: number } | 'no-answer';
}

/** The faults that are set on a disk, and how often each of them has been met. */
export class Faults {
  readonly #faults = new Map<DiskFault, number>();

  /** @returns a function that takes the fault away again. */
  add(fault: DiskFault): () => void {
    this.#faults.set(fault, 0);
    return () => {
      this.#faults.delete(fault);
    };
  }

  /** What the fault does that this request meets. Counts, so it is asked once for each request. */
  meet(request: BlockRequest): DiskFault['does'] | undefined {
    let met: DiskFault['does'] | undefined;
    for (const [fault, seen] of this.#faults) {
      if (!concerns(fault, request)) continue;
      this.#faults.set(fault, seen + 1);
      const { skip = 0, times = Infinity, does } = fault;
      if (seen >= skip && seen < skip + times) met ??= does;
    }
    return met;
  }
}

function concerns({ on, within }: DiskFault, request: BlockRequest): boolean {
  if (on !== request.kind) return false;
  if (within === undefined || on === 'flush') return true;
  const { offset, lengthBytes } = within;
  return request.offset < offset + lengthBytes && request.offset + request.lengthBytes > offset;
}
