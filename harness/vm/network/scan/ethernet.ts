/** EtherTypes, by the names that IEEE's registry has for them. */
export const ETHER_TYPES = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

const HEADER_BYTES = 14;
export const BROADCAST = Buffer.from('ffffffffffff', 'hex');

export interface Frame {
  readonly destination: Buffer;
  readonly source: Buffer;
  readonly type: number;
  readonly payload: Buffer;
}

export function encodeFrame({ destination, source, type, payload }: Frame): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  destination.copy(header, 0);
  source.copy(header, 6);
  header.writeUInt16BE(type, 12);
  return Buffer.concat([header, payload]);
}

/** @returns undefined for what is too short to be a frame. */
export function decodeFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  return {
    destination: bytes.subarray(0, 6),
    source: bytes.subarray(6, 12),
    type: bytes.readUInt16BE(12),
    payload: bytes.subarray(HEADER_BYTES),
  };
}
