import { heldBackBytes, MAGIC } from './magic.ts';
import {
  EMPTY,
  frameTypeOf,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_STREAM_ID,
  ProtocolViolation,
  SESSION_FRAMES,
  type Frame,
} from '../protocol.ts';

/** A beginning makes void whatever came before it. */
export type Decoded = 'beginning' | Frame;

/**
 * Finds beginnings and whole frames in input that comes in pieces of any size. It starts out of step, as after
 * `loseStep`: everything before the first magic is discarded.
 */
export class Decoder {
  #pending: Buffer = EMPTY;
  /** So many pending bytes are known to hold no magic. */
  #searched = 0;
  #inStep = false;

  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
  }

  loseStep(): void {
    this.#inStep = false;
  }

  /** @throws {ProtocolViolation} for a header out of range; lose step before going on. */
  next(): Decoded | undefined {
    if (this.#skipToMagic()) return 'beginning';
    const trusted = this.#pending.length - heldBackBytes(this.#pending);
    if (!this.#inStep) {
      this.#consume(trusted);
      return undefined;
    }
    if (trusted < HEADER_BYTES) return undefined;
    const { type, stream, length } = parseHeader(this.#pending);
    if (trusted < HEADER_BYTES + length) return undefined;
    const payload = this.#pending.subarray(HEADER_BYTES, HEADER_BYTES + length);
    this.#consume(HEADER_BYTES + length);
    return { type, stream, payload };
  }

  #skipToMagic(): boolean {
    const at = this.#pending.indexOf(MAGIC, Math.max(0, this.#searched - MAGIC.length + 1));
    if (at === -1) {
      this.#searched = this.#pending.length;
      return false;
    }
    this.#consume(at + MAGIC.length);
    this.#searched = 0;
    this.#inStep = true;
    return true;
  }

  #consume(bytes: number): void {
    this.#pending = this.#pending.subarray(bytes);
    this.#searched = Math.max(0, this.#searched - bytes);
  }
}

function parseHeader(bytes: Buffer): { type: Frame['type']; stream: number; length: number } {
  const code = bytes.readUInt8(0);
  const type = frameTypeOf(code);
  const reserved = bytes.readUInt8(1);
  const length = bytes.readUInt16LE(2);
  const stream = bytes.readUInt32LE(4);
  if (type === undefined) throw new ProtocolViolation(`unknown frame type ${code}`);
  if (reserved !== 0) throw new ProtocolViolation(`reserved byte is ${reserved}, not 0`);
  if (length > MAX_PAYLOAD_BYTES) {
    throw new ProtocolViolation(`payload of ${length} bytes; at most ${MAX_PAYLOAD_BYTES} fit a frame`);
  }
  if (stream > MAX_STREAM_ID || SESSION_FRAMES.has(type) !== (stream === 0)) {
    throw new ProtocolViolation(`${type} frame with stream id ${stream}`);
  }
  return { type, stream, length };
}
