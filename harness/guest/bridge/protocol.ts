/** The bytes of docs/bridge-protocol.md; the guest's copy is images/os/crates/bridge/src/codec/frame.rs. */
export const PROTOCOL_VERSION = 2;
/** Guests of version 1 can be talked to, but not renewed. */
export const OLDEST_VERSION = 1;
export const HEADER_BYTES = 8;
export const MAX_PAYLOAD_BYTES = 32 * 1024 - HEADER_BYTES;
export const MAX_STREAM_ID = 2 ** 31 - 1;
export const NONCE_BYTES = 16;
export const WINDOW_BYTES = 256 * 1024;
/** The guest bears twice as many, because it may be late in forgetting. */
export const MAX_STREAMS = 128;

export const FRAME_TYPES = {
  hello: 1,
  ack: 2,
  boot: 3,
  open: 4,
  data: 5,
  end: 6,
  rst: 7,
  win: 8,
  renew: 9,
  renewed: 10,
} as const;
export type FrameType = keyof typeof FRAME_TYPES;

/** They belong to no stream. */
export const SESSION_FRAMES: ReadonlySet<FrameType> = new Set(['hello', 'ack', 'boot', 'renew', 'renewed']);

export interface Frame {
  readonly type: FrameType;
  /** 0 in those that are about the whole session: SESSION_FRAMES. */
  readonly stream: number;
  readonly payload: Buffer;
}

export const EMPTY = Buffer.alloc(0);

const FRAME_TYPE_NAMES = new Map(
  Object.entries(FRAME_TYPES).map(([name, code]) => [code as number, name as FrameType]),
);

export function frameTypeOf(code: number): FrameType | undefined {
  return FRAME_TYPE_NAMES.get(code);
}

/** The peer sent what the protocol forbids. The session is given up, which is how it recovers. */
export class ProtocolViolation extends Error {}
