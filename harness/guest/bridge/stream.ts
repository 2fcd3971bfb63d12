import { Duplex } from 'node:stream';

import type { BridgeStreamError } from './errors.ts';
import { ProtocolViolation, WINDOW_BYTES } from './protocol.ts';

/** Smaller amounts are credited together. */
const GIVE_BACK_BYTES = WINDOW_BYTES / 4;

/** How a stream speaks to its session. */
export interface StreamOutlet {
  data(bytes: Buffer): void;
  end(): void;
  /** Destroyed before both ends were done. */
  abort(): void;
  giveBack(bytes: number): void;
}

/**
 * One stream to a service of the guest. Errors are `BridgeStreamError`s. It does what HTTP and WebSocket libraries
 * ask of a socket; timeouts and TCP options have no meaning here.
 */
export class BridgeStream extends Duplex {
  readonly #outlet: StreamOutlet;
  #sendWindow = WINDOW_BYTES;
  #receiveWindow = WINDOW_BYTES;
  #toGiveBack = 0;
  #waiting: { bytes: Buffer; done: () => void } | undefined;
  #endReceived = false;
  #endSent = false;

  constructor(outlet: StreamOutlet) {
    super({ highWaterMark: 64 * 1024 });
    this.#outlet = outlet;
  }

  /** Both ends are done; nothing more is said about this stream. */
  get over(): boolean {
    return this.#endReceived && this.#endSent;
  }

  receiveData(bytes: Buffer): void {
    if (this.#endReceived) throw new ProtocolViolation('DATA after END');
    this.#receiveWindow -= bytes.length;
    if (this.#receiveWindow < 0) throw new ProtocolViolation('DATA beyond the window');
    this.#toGiveBack += bytes.length;
    if (bytes.length > 0) this.push(bytes);
  }

  receiveEnd(): void {
    if (this.#endReceived) throw new ProtocolViolation('second END');
    this.#endReceived = true;
    this.push(null);
  }

  receiveWindow(growth: number): void {
    this.#sendWindow += growth;
    if (this.#sendWindow > WINDOW_BYTES) throw new ProtocolViolation('WIN beyond the window');
    this.#sendWaiting();
  }

  /** Ends at once, without a word to the guest. */
  fail(error: BridgeStreamError): void {
    this.#endReceived = true;
    this.#endSent = true;
    this.destroy(error);
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#waiting = { bytes, done };
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#waiting === undefined || this.#sendWindow === 0) return;
    const { bytes, done } = this.#waiting;
    const now = bytes.subarray(0, this.#sendWindow);
    this.#sendWindow -= now.length;
    this.#outlet.data(now);
    if (now.length < bytes.length) {
      this.#waiting = { bytes: bytes.subarray(now.length), done };
    } else {
      this.#waiting = undefined;
      done();
    }
  }

  override _final(done: () => void): void {
    this.#endSent = true;
    this.#outlet.end();
    done();
  }

  /** Called when the reader wants more, so all but the buffer's worth has been handed on. */
  override _read(): void {
    if (this.#toGiveBack < GIVE_BACK_BYTES || this.#endReceived) return;
    const bytes = this.#toGiveBack;
    this.#toGiveBack = 0;
    this.#receiveWindow += bytes;
    this.#outlet.giveBack(bytes);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.over) this.#outlet.abort();
    done(error);
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
