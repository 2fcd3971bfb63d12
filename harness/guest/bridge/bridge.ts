import { once } from 'node:events';
import type { Socket } from 'node:net';

import { openSocket } from '../../qemu/socket.ts';
import { Deadline } from '../../util/deadline.ts';
import { messageOf } from '../../util/errors.ts';
import { Events } from '../../util/events.ts';
import { Decoder, type Decoded } from './wire/decoder.ts';
import { encodeFrame, encodeGreeting } from './wire/encoder.ts';
import { BridgeLostError, BridgeStreamError, unknownVersion, type StreamFailure } from './errors.ts';
import { NONCE_BYTES, OLDEST_VERSION, PROTOCOL_VERSION, ProtocolViolation, type Frame } from './protocol.ts';
import { encodeRenewal, PendingRenewal, type Renewal, type Renewed } from './renewal.ts';
import { Session } from './session.ts';
import { freshNonce } from './wire/seven-bit.ts';
import type { BridgeStream } from './stream.ts';
import { writeTogether } from './write-together.ts';

/** QEMU takes a new client as soon as it has served the hang-up of the old one. */
const REOPEN_TIMEOUT_MS = 10_000;

export interface BridgeEvents {
  /** The guest's bridge answers; streams can be opened. */
  ready: undefined;
  /** The guest's bridge started again unexpectedly: it was restarted, or the machine without `guestReset`. */
  boot: undefined;
  /** Nothing more will come: QEMU closed the character device, or the guest speaks another version. */
  lost: BridgeLostError;
}

type State = 'reopening' | 'greeting' | 'ready' | 'lost' | 'closed';

/** The host's end of docs/bridge-protocol.md: byte streams to the services of one machine, for all its boots. */
export class Bridge implements AsyncDisposable {
  readonly events = new Events<BridgeEvents>();
  readonly #path: string;
  readonly #decoder = new Decoder();
  readonly #renewal = new PendingRenewal();
  #socket: Socket;
  #session: Session;
  #state: State = 'greeting';
  #nonce = Buffer.alloc(0);
  /** The magic came, its frame has not. */
  #beginning = false;
  #lastSeen = 'nothing came through the port';
  #lost: BridgeLostError | undefined;
  #version = 0;

  private constructor(path: string, socket: Socket) {
    this.#path = path;
    this.#socket = socket;
    this.#session = this.#makeSession();
    this.#attach(socket);
  }

  /**
   * Opens the character device and greets the guest, which may not even be running yet.
   *
   * @throws {InfrastructureError} when QEMU doesn't offer the socket by the deadline.
   */
  static async connect(
    path: string,
    deadline: Deadline,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Bridge> {
    return new Bridge(path, await openSocket(path, deadline, options.signal));
  }

  /**
   * Resolves once the guest's bridge has answered the latest greeting.
   *
   * @throws {WaitTimeoutError} @throws {BridgeLostError}
   */
  async ready(deadline: Deadline): Promise<void> {
    if (this.#state === 'ready') return;
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#state === 'closed') throw new BridgeLostError('The harness has closed the bridge.');
    const settled = new AbortController();
    const ready = this.events.next('ready', settled.signal);
    const lost = this.events.next('lost', settled.signal).then((error) => Promise.reject(error));
    try {
      await deadline.race(Promise.race([ready, lost]), () => this.#lastSeen);
    } finally {
      settled.abort();
    }
  }

  /** @throws {BridgeStreamError} when the guest isn't ready, and for names that can't be a service. */
  open(service: string): BridgeStream {
    if (this.#state !== 'ready') {
      throw new BridgeStreamError(service, 'closed', `the bridge is ${this.#state}; await ready() first.`);
    }
    return this.#session.open(service);
  }

  /** Whether the guest that answered can be renewed. */
  get canRenew(): boolean {
    return this.#version === PROTOCOL_VERSION;
  }

  /**
   * Gives the guest fresh entropy, the time and, if asked, an identity, before any stream that is opened afterwards.
   * Right after `connect` it goes out with the greeting, which is for guests that are known to understand it.
   *
   * @throws {RenewalError} when the guest starts again meanwhile. @throws {WaitTimeoutError}
   */
  async renew(renewal: Renewal, deadline: Deadline): Promise<Renewed> {
    const answer = this.#renewal.begin();
    this.#write(encodeFrame('renew', 0, encodeRenewal(renewal, Date.now())));
    return deadline.race(answer, () => this.#lastSeen);
  }

  /** To be called when QMP reports RESET: fails all streams at once and reopens the character device. */
  guestReset(): void {
    if (this.#state === 'lost' || this.#state === 'closed') return;
    this.#endSession('guest-reset', 'the machine was reset.');
    this.#detach();
    if (this.#state !== 'reopening') void this.#reopen();
  }

  async #reopen(): Promise<void> {
    this.#state = 'reopening';
    const deadline = Deadline.after(REOPEN_TIMEOUT_MS, `${this.#path} to take a new connection`);
    try {
      const socket = await openSocket(this.#path, deadline);
      // close() may have been called meanwhile.
      if ((this.#state as State) === 'reopening') this.#attach(socket);
      else socket.destroy();
    } catch (error) {
      this.#lose(new BridgeLostError(messageOf(error), { cause: error }));
    }
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#endSession('closed', 'the harness closed the bridge.');
    this.#detach();
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#receive(bytes);
    });
    // 'close' always follows, with the reason.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket === this.#socket && this.#state !== 'closed' && this.#state !== 'reopening') {
        this.#lose(new BridgeLostError(`QEMU closed the bridge's character device ${this.#path}.`));
      }
    });
    this.#greet();
  }

  #detach(): void {
    this.#socket.removeAllListeners('data');
    this.#socket.destroy();
  }

  #greet(): void {
    this.#state = 'greeting';
    this.#decoder.loseStep();
    this.#nonce = freshNonce();
    this.#write(encodeGreeting('hello', this.#nonce));
  }

  #write(buffers: Buffer[]): void {
    writeTogether(this.#socket, buffers);
  }

  #receive(bytes: Buffer): void {
    this.#decoder.push(bytes);
    if (this.#state === 'greeting')
      this.#lastSeen = `${bytes.length} bytes that are no answer to our greeting`;
    try {
      for (let item = this.#decoder.next(); item !== undefined; item = this.#decoder.next())
        this.#handle(item);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#lastSeen = `a breach of the protocol: ${error.message}`;
      this.#endSession('guest-reset', `the guest broke the bridge's protocol: ${error.message}.`);
      this.#greet();
    }
  }

  #handle(item: Decoded): void {
    if (item === 'beginning') {
      this.#beginning = true;
    } else if (this.#beginning) {
      this.#beginning = false;
      this.#handleGreeting(item);
    } else if (item.type === 'renewed') {
      this.#renewal.receive(item.payload);
    } else {
      this.#session.receive(item);
    }
  }

  #handleGreeting({ type, payload }: Frame): void {
    if (type === 'boot') {
      this.#lastSeen = "the guest's bridge has started";
      this.#endSession('guest-reset', "the guest's bridge has started again.");
      this.#greet();
      this.events.emit('boot', undefined);
    } else if (type === 'ack' && this.#nonce.equals(payload.subarray(0, NONCE_BYTES))) {
      this.#acknowledge(payload[NONCE_BYTES]);
    } else {
      // The answer to an older greeting.
      this.#decoder.loseStep();
    }
  }

  #acknowledge(version = 0): void {
    if (version < OLDEST_VERSION || version > PROTOCOL_VERSION) {
      this.#lose(unknownVersion(version));
      return;
    }
    this.#version = version;
    this.#lastSeen = "the guest's answer to our greeting";
    this.#state = 'ready';
    this.events.emit('ready', undefined);
  }

  #lose(error: BridgeLostError): void {
    if (this.#state === 'closed') return;
    this.#state = 'lost';
    this.#lost = error;
    this.#endSession('lost', error.message);
    this.#detach();
    this.events.emit('lost', error);
  }

  #endSession(failure: StreamFailure, reason: string): void {
    this.#renewal.fail(reason);
    const ended = this.#session;
    this.#session = this.#makeSession();
    ended.fail(failure, reason);
  }

  #makeSession(): Session {
    return new Session((buffers) => {
      this.#write(buffers);
    });
  }
}
