import { setTimeout as sleep } from 'node:timers/promises';

import { deferred } from '../util/deferred.ts';
import { InfrastructureError, messageOf } from '../util/errors.ts';
import type { DiskContent } from './content.ts';
import type { DataLog } from './data-log.ts';
import type { BlockAnswer, BlockDevice, BlockRequest, DiskError } from './device.ts';
import { Faults, type DiskFault } from './faults.ts';
import {
  isWrite,
  type EventNumber,
  type RecordedRequest,
  type Recording,
  type StepMark,
} from './recording.ts';
import { WriteHistory } from './write-history.ts';

/**
 * A disk with a volatile write cache that remembers all that is asked of it. It answers a write before anything is
 * durable, as disks do, so only the machine's flushes say what a power cut must leave.
 */
export class RecordedDisk implements BlockDevice {
  readonly #history: WriteHistory;
  readonly #log: DataLog;
  readonly #faults = new Faults();
  readonly #requests: RecordedRequest[] = [];
  readonly #marks: StepMark[] = [];
  #events: EventNumber = 0;
  readonly #cut = deferred<undefined>();
  #silent = false;
  #failure: Error | undefined;

  constructor(base: DiskContent, log: DataLog) {
    this.#history = new WriteHistory(base, log);
    this.#log = log;
  }

  /** Resolves when a request has met a fault that leaves it, and all after it, without an answer. */
  get cut(): Promise<undefined> {
    return this.#cut.promise;
  }

  get sizeBytes(): number {
    return this.#history.base.sizeBytes;
  }

  /** @returns a function that lifts the fault. */
  inject(fault: DiskFault): () => void {
    return this.#faults.add(fault);
  }

  /** Says at which step the machine is from now on. */
  mark(name: string): void {
    this.#marks.push({ name, at: this.#events });
  }

  /** What a reader finds if the machine's cache is believed. */
  read(offset: number, lengthBytes: number): Buffer {
    return this.#history.read(offset, lengthBytes, ({ error }) => error === undefined);
  }

  /**
   * Everything up to now.
   *
   * @throws {InfrastructureError} when the host could not keep the record.
   */
  recording(): Recording {
    if (this.#failure !== undefined) {
      throw new InfrastructureError(`The disk's record has a gap: ${messageOf(this.#failure)}.`, {
        cause: this.#failure,
      });
    }
    return { requests: [...this.#requests], marks: [...this.#marks], history: this.#history };
  }

  async submit(request: BlockRequest): Promise<BlockAnswer> {
    const fault = this.#silent ? 'no-answer' : this.#faults.meet(request);
    if (fault === 'no-answer') {
      this.#silent = true;
      this.#cut.resolve(undefined);
      return new Promise(() => undefined);
    }
    const answer = this.#perform(request, typeof fault === 'string' ? fault : undefined);
    if (typeof fault === 'object') await sleep(fault.delayMs, undefined, { ref: false });
    // The cut may have come while it was on its way.
    return this.#isSilent() ? new Promise(() => undefined) : answer;
  }

  #isSilent(): boolean {
    return this.#silent;
  }

  #perform(request: BlockRequest, error: DiskError | undefined): BlockAnswer {
    try {
      if (request.kind === 'read') {
        const given = (): void => undefined;
        return error === undefined
          ? { data: this.read(request.offset, request.lengthBytes), given }
          : { error, given };
      }
      const recorded = this.#record(request, error);
      const given = (): void => {
        recorded.answeredAt = ++this.#events;
      };
      return { ...(error !== undefined && { error }), given };
    } catch (cause) {
      // The host's trouble, which the machine sees as that of its disk, and the test as a record with a gap.
      this.#failure ??= cause as Error;
      return { error: 'EIO', given: () => undefined };
    }
  }

  #record(request: BlockRequest, error: DiskError | undefined): RecordedRequest {
    const { kind, offset, lengthBytes, fua, data } = request;
    const fate = { arrivedAt: ++this.#events, ...(error !== undefined && { error }) };
    const recorded: RecordedRequest =
      kind === 'write' || kind === 'zero'
        ? {
            ...{ kind, offset, lengthBytes, fua, ...fate },
            logPosition: kind === 'write' ? this.#log.append(data) : undefined,
          }
        : { kind: kind === 'flush' ? 'flush' : 'trim', ...fate };
    this.#requests.push(recorded);
    if (isWrite(recorded)) this.#history.add(recorded);
    return recorded;
  }
}
