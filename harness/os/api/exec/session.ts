import type { RawData, WebSocket } from 'ws';

import type { Deadline } from '../../../util/deadline.ts';
import { messageOf } from '../../../util/errors.ts';
import { Allowance } from './allowance.ts';
import { ExecError } from './errors.ts';
import { END_OF_INPUT, resizeMessage, serverMessageSchema, type TerminalSize } from './messages.ts';
import { MAX_OUTPUT_BYTES, Output } from './output.ts';

const PIECE_BYTES = 16 * 1024;
const SHOWN_CHARACTERS = 400;
const NORMAL_CLOSE = 1000;

/** How the waits of a session get a deadline when the caller gives none. */
export type DefaultDeadline = (what: string) => Deadline;

interface Wait {
  readonly deadline?: Deadline | undefined;
}

/** A command that runs in a container. It is killed when this is disposed of. */
export class ExecSession implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #command: string;
  readonly #within: DefaultDeadline;
  readonly #allowance = new Allowance();
  readonly #output = new Output();
  readonly #ended: Promise<number>;
  #fault: string | undefined;

  /** @param command as it is named in messages. */
  constructor(socket: WebSocket, command: string, within: DefaultDeadline) {
    this.#socket = socket;
    this.#command = command;
    this.#within = within;
    socket.on('message', (data, isBinary) => {
      this.#take(asBuffer(data), isBinary);
    });
    this.#ended = new Promise((resolve, reject) => {
      socket.on('error', (error) => {
        this.#fault ??= messageOf(error);
      });
      socket.once('close', (code, reason) => {
        const text = this.#fault ?? reason.toString();
        if (code === NORMAL_CLOSE && /^\d+$/.test(text)) resolve(Number(text));
        else reject(new ExecError(command, code, text));
      });
    });
    this.#ended.catch(() => undefined);
  }

  /** What the command has written so far, to standard output and standard error. */
  get output(): string {
    return this.#output.text;
  }

  get outputBytes(): Buffer {
    return this.#output.bytes;
  }

  /** Sends input, as fast as the command takes it. @throws {ExecError} @throws {WaitTimeoutError} */
  async write(input: string | Uint8Array, { deadline }: Wait = {}): Promise<void> {
    const within = deadline ?? this.#within(`${this.#command} to read its input`);
    const bytes = Buffer.from(input);
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      await this.#unlessEnded(this.#allowance.take(), within);
      this.#socket.send(bytes.subarray(from, from + PIECE_BYTES));
    }
  }

  /** The command reads to the end of its input. In a terminal, programs wait for Ctrl-D, `\x04`, instead. */
  endInput(): void {
    this.#socket.send(END_OF_INPUT);
  }

  resize(size: TerminalSize): void {
    this.#socket.send(resizeMessage(size));
  }

  /** Waits until `pattern` is in the output. @throws {ExecError} @throws {WaitTimeoutError} */
  async waitForOutput(pattern: RegExp, { deadline }: Wait = {}): Promise<RegExpExecArray> {
    const within = deadline ?? this.#within(`${String(pattern)} in the output of ${this.#command}`);
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      await this.#unlessEnded(this.#output.more(), within);
    }
  }

  /**
   * The exit code: 128 and the signal's number for a command that a signal ended.
   *
   * @throws {ExecError} @throws {WaitTimeoutError}
   */
  async waitForExit({ deadline }: Wait = {}): Promise<number> {
    const within = deadline ?? this.#within(`the end of ${this.#command}`);
    return within.race(this.#ended, () => this.#lastSeen());
  }

  /** The guest kills the command when its client has gone. */
  kill(): void {
    this.#socket.terminate();
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      if (!this.#output.push(data)) this.#fail(`its output has more than ${MAX_OUTPUT_BYTES} bytes`);
      return;
    }
    const message = serverMessageSchema.safeParse(parseJson(data.toString()));
    if (!message.success) {
      this.#fail(`the guest sent what is no message of /exec: ${data.toString().slice(0, SHOWN_CHARACTERS)}`);
      return;
    }
    const { max_messages_outstanding: outstanding, messages_written: written } = message.data.Capacity;
    this.#allowance.told(outstanding, written);
  }

  #fail(reason: string): void {
    this.#fault ??= reason;
    this.#socket.terminate();
  }

  /** The command's end is no answer to a wait for something else. */
  async #unlessEnded(promise: Promise<void>, deadline: Deadline): Promise<void> {
    const ended = this.#ended.then((code) => {
      throw new ExecError(this.#command, NORMAL_CLOSE, `it ended with ${code} before: ${this.#lastSeen()}`);
    });
    await deadline.race(Promise.race([promise, ended]), () => this.#lastSeen());
  }

  #lastSeen(): string {
    return this.output.slice(-SHOWN_CHARACTERS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#ended.catch(() => undefined);
  }
}

function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
