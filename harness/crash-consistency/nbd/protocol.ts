/** Numbers of the NBD protocol (NetworkBlockDevice/nbd, doc/proto.md); all are big-endian on the wire. */
export const MAGIC = {
  greeting: 0x4e42444d41474943n,
  option: 0x49484156454f5054n,
  optionReply: 0x0003e889045565a9n,
  request: 0x25609513,
  simpleReply: 0x67446698,
} as const;

export const HANDSHAKE_FLAGS = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const OPTION = { exportName: 1, abort: 2, list: 3, info: 6, go: 7 } as const;

export const OPTION_REPLY = {
  ack: 1,
  server: 2,
  info: 3,
  errUnsupported: 0x8000_0001,
  errInvalid: 0x8000_0003,
  errUnknown: 0x8000_0006,
} as const;

export const INFO = { export: 0, blockSize: 3 } as const;

export const TRANSMISSION_FLAGS = {
  hasFlags: 1 << 0,
  sendFlush: 1 << 2,
  sendFua: 1 << 3,
  sendTrim: 1 << 5,
  sendWriteZeroes: 1 << 6,
} as const;

export const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6 } as const;

export const COMMAND_FLAG_FUA = 1;

export const ERROR = { ok: 0, EIO: 5, EINVAL: 22, ENOSPC: 28, EOVERFLOW: 75 } as const;
export type NbdError = (typeof ERROR)[keyof typeof ERROR];

export const REQUEST_BYTES = 28;

/** The largest payload that the protocol lets a client count on. */
export const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/** A client that breaks the protocol: there is no way to go on with its connection. */
export class NbdProtocolError extends Error {}
