import { closeSync, openSync, readSync } from 'node:fs';

import { decodeEvent, type RunEvent } from './events.ts';

const POLL_MS = 200;
const CHUNK_BYTES = 64 * 1024;

/** Reads along with a file of events that other processes append to, and hands on each event once, in order. */
export class EventTail implements Disposable {
  readonly #descriptor: number;
  readonly #listener: (event: RunEvent) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #incomplete = Buffer.alloc(0);
  #damagedLines = 0;

  constructor(path: string, listener: (event: RunEvent) => void) {
    this.#descriptor = openSync(path, 'a+');
    this.#listener = listener;
    this.#timer = setInterval(() => {
      this.drain();
    }, POLL_MS);
  }

  /** Hands on what has been written up to now; synchronous, so that a test's events precede its result. */
  drain(): void {
    for (;;) {
      const length = readSync(this.#descriptor, this.#chunk, 0, CHUNK_BYTES, null);
      if (length === 0) return;
      this.#take(Buffer.concat([this.#incomplete, this.#chunk.subarray(0, length)]));
    }
  }

  #take(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      this.#decode(bytes.toString('utf8', start, end));
      start = end + 1;
    }
    this.#incomplete = Buffer.from(bytes.subarray(start));
  }

  #decode(line: string): void {
    let event: RunEvent;
    try {
      event = decodeEvent(line);
    } catch {
      this.#damagedLines += 1;
      return;
    }
    this.#listener(event);
  }

  /** Lines that are no events: a worker's last words when the disk was full. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.drain();
    closeSync(this.#descriptor);
  }
}
