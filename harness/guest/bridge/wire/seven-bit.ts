import { randomBytes } from 'node:crypto';

import { NONCE_BYTES } from '../protocol.ts';

/** Random bytes below 0x80. The magic's are all above, so it can't come about in them. */
export function sevenBitBytes(length: number): Buffer<ArrayBuffer> {
  return Buffer.from(randomBytes(length).map((byte) => byte & 0x7f));
}

export function freshNonce(): Buffer<ArrayBuffer> {
  return sevenBitBytes(NONCE_BYTES);
}
