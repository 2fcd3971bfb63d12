import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

import { openPipe, type PipeEnds } from '../../qemu/pipe.ts';
import type { Deadlines } from '../../qemu/deadlines.ts';
import type { Deadline } from '../../util/deadline.ts';
import { ImageError, InfrastructureError, messageOf } from '../../util/errors.ts';
import { Events } from '../../util/events.ts';
import { Capture, type Captured } from './capture.ts';
import { LineReader, type ConsoleLine } from './line-reader.ts';
import { Screen } from './screen.ts';

/** Some hundred kilobytes; everything is in the log. */
const REMEMBERED_LINES = 5000;
const TAIL_LINES = 25;
const WAIT_MS = 30_000;

export interface ConsoleOptions {
  /** The file to which each line is appended, with the milliseconds since the machine was started. */
  readonly log: string;
  /** The milliseconds since the machine was started. */
  readonly now: () => number;
  /** Make those of waits that are given none. */
  readonly deadlines: Deadlines;
}

export interface ConsoleEvents {
  bytes: Buffer;
  line: ConsoleLine;
  /** QEMU closed the port, or the log can't be written. */
  ended: Error;
}

/** The first serial port of a machine: recorded as it speaks, searched, and typed into. */
export class Console implements AsyncDisposable {
  readonly events = new Events<ConsoleEvents>();
  /** Resolves when the port is closed and all that came through it is read. */
  readonly closed: Promise<void>;
  readonly #ends: PipeEnds;
  readonly #log: WriteStream;
  readonly #deadlines: Deadlines;
  readonly #reader: LineReader;
  readonly #screen = new Screen();
  readonly #lines: ConsoleLine[] = [];
  #end: Error | undefined;

  private constructor(ends: PipeEnds, { log, now, deadlines }: ConsoleOptions) {
    this.#ends = ends;
    this.#deadlines = deadlines;
    this.#log = createWriteStream(log, { flags: 'a' });
    this.#reader = new LineReader(now);
    ends.fromGuest.on('data', (bytes: Buffer) => {
      this.#receive(bytes);
    });
    // 'close' always follows.
    for (const end of [ends.fromGuest, ends.toGuest]) end.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      ends.fromGuest.on('close', () => {
        this.#finish(new ImageError("The machine's console is closed."));
        resolve();
      });
    });
    this.#log.on('error', (error) => {
      this.#finish(new InfrastructureError(`Cannot write ${log}: ${messageOf(error)}.`, { cause: error }));
    });
  }

  /**
   * @param path of the pipe that QEMU has opened.
   * @throws {InfrastructureError} when it has not.
   */
  static connect(path: string, options: ConsoleOptions): Console {
    return new Console(openPipe(path), options);
  }

  /** The last lines, the unfinished one included. */
  tail(count = TAIL_LINES): string[] {
    return this.#all()
      .slice(-count)
      .map(({ text }) => text);
  }

  /** The last line that is not blank, for messages. */
  get lastSeen(): string {
    return this.tail().findLast((text) => text.trim() !== '') ?? 'a silent console';
  }

  /** The number of the line that comes next: give it to `waitFor` to look only at what is new. */
  get position(): number {
    return this.#reader.unfinished()?.number ?? (this.#lines.at(-1)?.number ?? -1) + 1;
  }

  /** The deadline of a wait at this console. @param what such as "a prompt on the console". */
  within(timeoutMs: number, what: string): Deadline {
    return this.#deadlines.within(timeoutMs, `${what} of ${this.#deadlines.guest}`);
  }

  /**
   * The first line that matches, finished or not, among those still remembered and those to come.
   *
   * @param options.from the number of the first line to look at.
   * @throws {WaitTimeoutError} with the last line seen; {ImageError} if the console ends before.
   */
  async waitFor(
    pattern: RegExp,
    deadline = this.within(WAIT_MS, `${String(pattern)} on the console`),
    options: { readonly from?: number } = {},
  ): Promise<ConsoleLine> {
    let { from = 0 } = options;
    const settled = new AbortController();
    const ended = this.events.next('ended', settled.signal);
    // Settled by abort when no wait needs it any more.
    ended.catch(() => undefined);
    try {
      for (;;) {
        const found = this.#all().find(({ number, text }) => number >= from && text.search(pattern) !== -1);
        if (found !== undefined) return found;
        if (this.#end !== undefined) throw this.#end;
        // What is finished never changes again.
        from = Math.max(from, this.position);
        const more = this.events.next('bytes', settled.signal);
        await deadline.race(Promise.race([more, ended]), () => this.lastSeen);
      }
    } finally {
      settled.abort();
    }
  }

  /**
   * All that comes from now on until the pattern is in it, unaltered: for output whose lines may be of any length.
   *
   * @throws {WaitTimeoutError} with the last line seen; {ImageError} if the console ends before, or for endless output.
   */
  async readUntil(pattern: RegExp, deadline: Deadline): Promise<Captured> {
    if (this.#end !== undefined) throw this.#end;
    const settled = new AbortController();
    const capture = new Capture(pattern);
    const found = this.events.next('bytes', settled.signal, (bytes) => capture.push(bytes));
    const ended = this.events.next('ended', settled.signal).then((error) => Promise.reject(error));
    ended.catch(() => undefined);
    try {
      await deadline.race(Promise.race([found, ended]), () => this.lastSeen);
      return capture.result();
    } finally {
      settled.abort();
    }
  }

  send(text: string | Uint8Array): void {
    this.#ends.toGuest.write(text);
  }

  /** Types a line and presses Enter, which sends a carriage return. */
  sendLine(text = ''): void {
    this.send(`${text}\r`);
  }

  /** What a terminal would show now. */
  screen(): Promise<string> {
    return this.#screen.text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish(new ImageError('The harness has closed the console.'));
    for (const end of [this.#ends.fromGuest, this.#ends.toGuest]) {
      end.destroy();
      if (!end.closed) await once(end, 'close');
    }
    const rest = this.#reader.unfinished();
    if (rest !== undefined) this.#record(rest);
    if (!this.#log.closed) {
      this.#log.end();
      await once(this.#log, 'close');
    }
    this.#screen.dispose();
  }

  #all(): ConsoleLine[] {
    const unfinished = this.#reader.unfinished();
    return unfinished === undefined ? this.#lines : [...this.#lines, unfinished];
  }

  #receive(bytes: Buffer): void {
    this.#screen.write(bytes);
    for (const line of this.#reader.push(bytes)) {
      this.#lines.push(line);
      this.#record(line);
      this.events.emit('line', line);
    }
    if (this.#lines.length > REMEMBERED_LINES) this.#lines.splice(0, this.#lines.length - REMEMBERED_LINES);
    this.events.emit('bytes', bytes);
  }

  #record({ atMs, text }: ConsoleLine): void {
    if (this.#log.writable) this.#log.write(`[${(atMs / 1000).toFixed(3).padStart(9)}] ${text}\n`);
  }

  #finish(reason: Error): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.events.emit('ended', reason);
  }
}
