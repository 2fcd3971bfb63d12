import type { Socket } from 'node:net';

import type { Deadline } from '../../util/deadline.ts';
import { deferred, type Deferred } from '../../util/deferred.ts';
import { InfrastructureError, WaitTimeoutError, messageOf } from '../../util/errors.ts';
import { Events } from '../../util/events.ts';
import { openSocket } from '../socket.ts';
import { QmpCommandError, QmpDisconnectedError } from './errors.ts';
import { LineSplitter } from './lines.ts';
import { parseQmpMessage, type QmpEvent, type QmpRefusal } from './messages.ts';
import { Traffic } from './traffic.ts';

/** query-qmp-schema, the longest answer that QEMU gives, is about 200 KiB. */
const MAX_LINE_LENGTH = 4 * 1024 * 1024;

interface Pending extends Deferred<unknown> {
  readonly command: string;
}

/** A connection to QEMU's machine protocol: the only source of truth about the state of the machine. */
export class QmpClient implements AsyncDisposable {
  readonly events = new Events<{ event: QmpEvent }>();
  readonly #socket: Socket;
  readonly #traffic: Traffic;
  readonly #splitter = new LineSplitter(MAX_LINE_LENGTH);
  readonly #greeted = deferred<unknown>();
  readonly #pending = new Map<number, Pending>();
  readonly #disconnected = new AbortController();
  #lastId = 0;

  private constructor(socket: Socket, traffic: Traffic) {
    this.#socket = socket;
    this.#traffic = traffic;
    socket.on('data', (bytes) => {
      this.#receive(bytes);
    });
    socket.on('error', (error) => {
      this.#end(messageOf(error), { cause: error });
    });
    socket.on('close', () => {
      this.#end('QEMU closed it');
    });
  }

  /**
   * Connects to QEMU's listening socket, which may not be there yet, and negotiates.
   *
   * @param options.log a file to which all traffic is appended, one JSON object a line.
   * @throws {InfrastructureError} if QEMU does not greet before the deadline.
   */
  static async connect(path: string, deadline: Deadline, options: { log?: string } = {}): Promise<QmpClient> {
    const traffic = new Traffic(options.log);
    const client = new QmpClient(await openSocket(path, deadline), traffic);
    try {
      await hostsFault(deadline.race(client.#greeted.promise, () => traffic.last()));
      await client.execute('qmp_capabilities', undefined, deadline);
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /**
   * @returns what QEMU returned; its shape is for the caller to check.
   * @throws {QmpCommandError} if QEMU refuses.
   * @throws {QmpDisconnectedError} if the connection ends first.
   * @throws {InfrastructureError} if no answer comes in time; one that comes later is dropped.
   */
  async execute(
    command: string,
    args: Readonly<Record<string, unknown>> | undefined,
    deadline: Deadline,
  ): Promise<unknown> {
    this.#disconnected.signal.throwIfAborted();
    const id = ++this.#lastId;
    const pending = { ...deferred<unknown>(), command };
    this.#pending.set(id, pending);
    this.#send(JSON.stringify({ execute: command, arguments: args, id }));
    const answer = deadline.within(deadline.remainingMs(), `QMP's answer to "${command}"`);
    try {
      return await hostsFault(answer.race(pending.promise, () => this.#traffic.last()));
    } finally {
      this.#pending.delete(id);
    }
  }

  /**
   * The next event of that name, from now on: call this before you cause it.
   *
   * @throws {WaitTimeoutError} if none comes: the machine did not do what it should.
   * @throws {QmpDisconnectedError} if the connection ends first.
   */
  async waitForEvent(
    name: string,
    deadline: Deadline,
    matches: (event: QmpEvent) => boolean = () => true,
  ): Promise<QmpEvent> {
    this.#disconnected.signal.throwIfAborted();
    const settled = new AbortController();
    const signal = AbortSignal.any([settled.signal, this.#disconnected.signal]);
    const event = this.events.next('event', signal, (seen) => seen.name === name && matches(seen));
    try {
      return await deadline.race(event, () => this.#traffic.last());
    } finally {
      settled.abort();
    }
  }

  /** Aborted, with the reason, once the connection is gone. */
  get disconnected(): AbortSignal {
    return this.#disconnected.signal;
  }

  /** Ends the connection, not the machine. Pending waits fail. */
  async close(): Promise<void> {
    this.#end('Hotfire closed it');
    if (this.#socket.closed) return;
    const closed = deferred<undefined>();
    this.#socket.once('close', closed.resolve);
    this.#socket.destroy();
    await closed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #send(line: string): void {
    this.#traffic.add('sent', line);
    this.#socket.write(`${line}\n`);
  }

  #receive(bytes: Uint8Array): void {
    try {
      for (const line of this.#splitter.push(bytes)) {
        if (!this.#disconnected.signal.aborted) this.#understand(line);
      }
    } catch (error) {
      this.#end(messageOf(error), { cause: error });
    }
  }

  #understand(line: string): void {
    this.#traffic.add('received', line);
    const message = parseQmpMessage(line);
    switch (message?.kind) {
      case undefined:
        this.#end(`it carried something that is not QMP: ${line.slice(0, 200)}`);
        break;
      case 'greeting':
        this.#greeted.resolve(undefined);
        break;
      case 'reply':
        this.#pending.get(message.id)?.resolve(message.value);
        break;
      case 'refusal':
        this.#refuse(message.refusal);
        break;
      case 'event':
        this.events.emit('event', message.event);
    }
  }

  #refuse(refusal: QmpRefusal): void {
    // Without an id QEMU could not even parse a line of ours: no answer can be trusted to come any more.
    if (refusal.id === undefined) {
      this.#end(`QEMU did not understand a line: ${refusal.error.desc}`);
      return;
    }
    const pending = this.#pending.get(refusal.id);
    pending?.reject(new QmpCommandError(pending.command, refusal));
  }

  #end(reason: string, options?: ErrorOptions): void {
    if (this.#disconnected.signal.aborted) return;
    this.#traffic.add('note', reason);
    const error = new QmpDisconnectedError(reason, this.#traffic.last(), options);
    this.#disconnected.abort(error);
    this.#greeted.promise.catch(() => undefined);
    this.#greeted.reject(error);
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#socket.destroy();
    this.#traffic.close();
  }
}

/** A QMP that does not answer is the host's fault; only the wait for an event can be the image's. */
async function hostsFault<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
    throw new InfrastructureError(error.message, { cause: error });
  }
}
