import { heldBackBytes, MAGIC } from './magic.ts';
import { EMPTY, FRAME_TYPES, HEADER_BYTES, MAX_PAYLOAD_BYTES, type FrameType } from '../protocol.ts';

/** Header and payload, for one gathering write. */
export function encodeFrame(type: FrameType, stream: number, payload: Buffer = EMPTY): Buffer[] {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(FRAME_TYPES[type], 0);
  header.writeUInt8(0, 1);
  header.writeUInt16LE(payload.length, 2);
  header.writeUInt32LE(stream, 4);
  return payload.length === 0 ? [header] : [header, payload];
}

/** A frame that makes a beginning: HELLO of the host, ACK and BOOT of the guest. */
export function encodeGreeting(type: 'hello' | 'ack' | 'boot', payload: Buffer = EMPTY): Buffer[] {
  return [MAGIC, ...encodeFrame(type, 0, payload)];
}

/** The DATA frames that carry `bytes` without ever showing the magic. */
export function encodeData(stream: number, bytes: Buffer): Buffer[] {
  return [...payloadsOf(bytes)].flatMap((payload) => encodeFrame('data', stream, payload));
}

function* payloadsOf(bytes: Buffer): Generator<Buffer> {
  let rest = bytes;
  while (rest.length > 0) {
    const payload = rest.subarray(0, cutBefore(rest));
    yield payload;
    rest = rest.subarray(payload.length);
    if (rest.length === 0 && heldBackBytes(payload) > 0) yield EMPTY;
  }
}

function cutBefore(bytes: Buffer): number {
  const magicAt = bytes.subarray(0, MAX_PAYLOAD_BYTES).indexOf(MAGIC);
  return magicAt === -1 ? MAX_PAYLOAD_BYTES : magicAt + MAGIC.length / 2;
}

export function encodeWindow(bytes: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32LE(bytes);
  return payload;
}
