import { once } from 'node:events';
import type { Socket } from 'node:net';

import { openSocket } from '../../qemu/socket.ts';
import { Deadline } from '../../util/deadline.ts';
import { deferred, type Deferred } from '../../util/deferred.ts';
import { messageOf } from '../../util/errors.ts';
import type { AgentAnswer } from './answers.ts';
import { GuestAgentLostError, GuestResetError } from './errors.ts';
import { AgentLines, type AgentLine } from './lines.ts';

/** qemu-ga captures up to 16 MiB of each output of a program, and sends both in one line, in base64. */
const MAX_LINE_BYTES = 48 * 2 ** 20;
/** QEMU takes a new client as soon as it has served the hang-up of the old one. */
const REOPEN_TIMEOUT_MS = 10_000;
const SHOWN_CHARACTERS = 200;

/** The answer, the error that the line amounts to, or undefined if it is to be ignored. */
export type Judge = (line: AgentLine) => AgentAnswer | Error | undefined;

interface Exchange extends Deferred<AgentAnswer> {
  readonly judge: Judge;
}

/** The host's end of the port `org.qemu.guest_agent.0`, over all boots of one machine. */
export class AgentPort implements AsyncDisposable {
  readonly #path: string;
  #socket: Socket;
  #lines = new AgentLines(MAX_LINE_BYTES);
  #exchange: Exchange | undefined;
  #lastSeen = 'no answer at all';
  #opening: Promise<void> | undefined;
  #ended: Error | undefined;

  private constructor(path: string, socket: Socket) {
    this.#path = path;
    this.#socket = socket;
    this.#attach(socket);
  }

  /** @throws {InfrastructureError} when QEMU doesn't offer the socket by the deadline. */
  static async connect(path: string, deadline: Deadline): Promise<AgentPort> {
    return new AgentPort(path, await openSocket(path, deadline));
  }

  /** The last line that the guest sent, for messages. */
  get lastSeen(): string {
    return this.#lastSeen;
  }

  /**
   * Sends the request and hands on what comes, line by line, until one is the answer. One at a time.
   *
   * @throws {WaitTimeoutError} @throws {GuestAgentLostError} @throws {GuestResetError}
   */
  async ask(request: Buffer, judge: Judge, deadline: Deadline): Promise<AgentAnswer> {
    await deadline.race(Promise.resolve(this.#opening), () => 'QEMU has not reopened the port');
    if (this.#ended !== undefined) throw this.#ended;
    const exchange = { ...deferred<AgentAnswer>(), judge };
    this.#exchange = exchange;
    this.#socket.write(request);
    try {
      return await deadline.race(exchange.promise, () => this.#lastSeen);
    } finally {
      if (this.#exchange === exchange) this.#exchange = undefined;
    }
  }

  /** Opens the port again: what the guest has not read yet goes with the old connection. */
  reset(): void {
    if (this.#ended !== undefined) return;
    this.#lastSeen = 'no answer since the reset';
    this.#exchange?.reject(new GuestResetError('The machine was reset.'));
    this.#detach();
    this.#opening ??= this.#reopen();
  }

  async close(): Promise<void> {
    this.#end(new GuestAgentLostError("The harness has closed the guest agent's port."));
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #reopen(): Promise<void> {
    const deadline = Deadline.after(REOPEN_TIMEOUT_MS, `${this.#path} to take a new connection`);
    try {
      const socket = await openSocket(this.#path, deadline);
      this.#opening = undefined;
      if (this.#ended === undefined) this.#attach(socket);
      else socket.destroy();
    } catch (error) {
      this.#end(new GuestAgentLostError(messageOf(error), { cause: error }));
    }
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    this.#lines = new AgentLines(MAX_LINE_BYTES);
    socket.on('data', (bytes: Buffer) => {
      this.#receive(bytes);
    });
    // What went wrong is reported by 'close', which always follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket !== this.#socket || this.#opening !== undefined) return;
      this.#end(new GuestAgentLostError(`QEMU closed the guest agent's character device ${this.#path}.`));
    });
  }

  #detach(): void {
    this.#socket.removeAllListeners('data');
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    for (const line of this.#lines.push(bytes)) {
      this.#lastSeen = line.text?.slice(0, SHOWN_CHARACTERS) ?? `a line of more than ${MAX_LINE_BYTES} bytes`;
      const verdict = this.#exchange?.judge(line);
      if (verdict instanceof Error) this.#exchange?.reject(verdict);
      else if (verdict !== undefined) this.#exchange?.resolve(verdict);
      if (verdict !== undefined) this.#exchange = undefined;
    }
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#exchange?.reject(error);
    this.#detach();
  }
}
