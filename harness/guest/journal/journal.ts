import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';

import { openSocket } from '../../qemu/socket.ts';
import type { Deadlines } from '../../qemu/deadlines.ts';
import type { Deadline } from '../../util/deadline.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { Events } from '../../util/events.ts';
import { parseEntry, type JournalEntry } from './entry.ts';
import { LineSplitter } from './line-splitter.ts';

/** journald takes fields of many sizes, but nothing that a test looks for is longer. */
const MAX_LINE_BYTES = 1024 * 1024;
/** A boot has some thousand entries; the file has them all. */
const KEPT_ENTRIES = 50_000;
const WAIT_MS = 30_000;
const MAX_PHRASE_LENGTH = 120;

/** What is looked for: a pattern of the message, or any property of an entry. */
type EntryMatch = RegExp | ((entry: JournalEntry) => boolean);

export interface JournalEvents {
  entry: JournalEntry;
  /** QEMU closed the character device, or `close` was called. */
  end: undefined;
}

/**
 * The guest's journal as it comes through the port `hotfire.journal`, over all boots of one machine; `bootId`
 * distinguishes them.
 */
export class Journal implements AsyncDisposable, AsyncIterable<JournalEntry> {
  readonly events = new Events<JournalEvents>();
  /** Resolves when the port is closed and all that came through it is read. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #file: WriteStream;
  readonly #deadlines: Deadlines;
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  readonly #entries: JournalEntry[];
  #forgotten = 0;
  #ended = false;
  #fault: Error | undefined;

  private constructor(socket: Socket, filePath: string, deadlines: Deadlines, past: readonly JournalEntry[]) {
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.#entries = [...past];
    this.#file = createWriteStream(filePath, { flags: 'a' });
    socket.on('data', (bytes: Buffer) => {
      this.#receive(bytes);
    });
    // A full disk of the host: what cannot be recorded is not read either.
    this.#file.on('error', (error) => {
      this.#fault = error;
      socket.destroy();
    });
    // 'close' always follows, and is enough.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#ended = true;
        this.#file.end();
        this.events.emit('end', undefined);
        resolve();
      });
    });
  }

  /**
   * @param path the unix socket of the character device, which may not exist yet.
   * @param filePath takes every line as it came, after those that it holds already.
   * @param options.deadlines make those of waits that are given none.
   * @param options.past the entries that came before, through another port.
   * @throws {InfrastructureError} when QEMU doesn't offer the socket by the deadline.
   */
  static async connect(
    path: string,
    filePath: string,
    deadline: Deadline,
    options: {
      readonly deadlines: Deadlines;
      readonly signal?: AbortSignal;
      readonly past?: readonly JournalEntry[];
    },
  ): Promise<Journal> {
    const socket = await openSocket(path, deadline, options.signal);
    return new Journal(socket, filePath, options.deadlines, options.past ?? []);
  }

  #receive(bytes: Buffer): void {
    this.#file.write(bytes);
    for (const line of this.#lines.push(bytes)) {
      const entry = parseEntry(line);
      if (entry === undefined) continue;
      this.#entries.push(entry);
      if (this.#entries.length > KEPT_ENTRIES) {
        this.#entries.shift();
        this.#forgotten += 1;
      }
      this.events.emit('entry', entry);
    }
  }

  /** The latest entries, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /**
   * The first entry, past or to come, that matches.
   *
   * @throws {WaitTimeoutError} with the last entry. @throws {InfrastructureError} when the journal ends before.
   */
  async waitFor(wanted: EntryMatch, deadline = this.#deadlineFor(wanted)): Promise<JournalEntry> {
    const matches = wanted instanceof RegExp ? ({ message }: JournalEntry) => wanted.test(message) : wanted;
    const past = this.#entries.find(matches);
    if (past !== undefined) return past;
    if (this.#ended) throw this.#endedError(deadline.what);
    const settled = new AbortController();
    const entry = this.events.next('entry', settled.signal, matches);
    const end = this.events
      .next('end', settled.signal)
      .then(() => Promise.reject(this.#endedError(deadline.what)));
    try {
      return await deadline.race(Promise.race([entry, end]), () => this.#lastSeen());
    } finally {
      settled.abort();
    }
  }

  #deadlineFor(wanted: EntryMatch): Deadline {
    const phrase = String(wanted).replace(/\s+/g, ' ').slice(0, MAX_PHRASE_LENGTH);
    return this.#deadlines.within(WAIT_MS, `${phrase} in the journal of ${this.#deadlines.guest}`);
  }

  #lastSeen(): string {
    const last = this.#entries.at(-1);
    return last === undefined ? 'no journal entry at all' : `${last.identifier ?? '?'}: ${last.message}`;
  }

  #endedError(what: string): InfrastructureError {
    const why = this.#fault === undefined ? '' : `, because it cannot be recorded: ${this.#fault.message}`;
    return new InfrastructureError(`The journal ended before ${what}${why}. Last seen: ${this.#lastSeen()}`, {
      cause: this.#fault,
    });
  }

  /** Every entry, past and to come, until the journal ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<JournalEntry> {
    for (let position = 0; ; position++) {
      while (position >= this.#forgotten + this.#entries.length) {
        if (this.#ended) return;
        await this.#changed();
      }
      position = Math.max(position, this.#forgotten);
      const entry = this.#entries[position - this.#forgotten];
      if (entry !== undefined) yield entry;
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        offs.forEach((off) => {
          off();
        });
        resolve();
      };
      const offs = [this.events.on('entry', done), this.events.on('end', done)];
    });
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    if (!this.#socket.closed) await once(this.#socket, 'close');
    // A fault has ended the journal, and every wait with it.
    await finished(this.#file).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
