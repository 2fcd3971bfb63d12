/** IP protocol numbers. */
export const PROTOCOLS = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
/** Neighbour discovery ignores what may have been forwarded by a router (RFC 4861, section 7.1). */
const HOP_LIMIT = 255;

/** Of IPv4 where the addresses have 4 bytes, and of IPv6 where they have 16. */
export interface Packet {
  readonly source: Buffer;
  readonly destination: Buffer;
  readonly protocol: number;
  readonly payload: Buffer;
}

export function encodePacket({ source, destination, protocol, payload }: Packet): Buffer {
  if (source.length === 16) {
    const header = Buffer.alloc(8);
    header.writeUInt8(0x60, 0);
    header.writeUInt16BE(payload.length, 4);
    header.writeUInt8(protocol, 6);
    header.writeUInt8(HOP_LIMIT, 7);
    return Buffer.concat([header, source, destination, payload]);
  }
  const header = Buffer.alloc(IPV4_HEADER_BYTES);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt8(HOP_LIMIT, 8);
  header.writeUInt8(protocol, 9);
  source.copy(header, 12);
  destination.copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** @returns undefined for what is no whole packet, and for IPv6 with extension headers, which no answer to a probe has. */
export function decodePacket(bytes: Buffer): Packet | undefined {
  return (bytes[0] ?? 0) >> 4 === 6 ? decodeIpv6(bytes) : decodeIpv4(bytes);
}

function decodeIpv4(bytes: Buffer): Packet | undefined {
  if (bytes.length < IPV4_HEADER_BYTES) return undefined;
  const headerBytes = (bytes.readUInt8(0) & 0x0f) * 4;
  if (headerBytes < IPV4_HEADER_BYTES) return undefined;
  return {
    source: bytes.subarray(12, 16),
    destination: bytes.subarray(16, 20),
    protocol: bytes.readUInt8(9),
    // A frame may be longer than its packet; an error quotes only the beginning of one.
    payload: bytes.subarray(headerBytes, bytes.readUInt16BE(2)),
  };
}

function decodeIpv6(bytes: Buffer): Packet | undefined {
  if (bytes.length < IPV6_HEADER_BYTES) return undefined;
  return {
    source: bytes.subarray(8, 24),
    destination: bytes.subarray(24, 40),
    protocol: bytes.readUInt8(6),
    payload: bytes.subarray(IPV6_HEADER_BYTES, IPV6_HEADER_BYTES + bytes.readUInt16BE(4)),
  };
}

/** The sum that TCP, UDP and ICMPv6 carry: over a header of IP's addresses, the protocol and the length, then the payload. */
export function transportChecksum({ source, destination, protocol, payload }: Packet): number {
  const pseudo = Buffer.alloc(8);
  pseudo.writeUInt32BE(payload.length, 0);
  pseudo.writeUInt8(protocol, 7);
  return checksum(Buffer.concat([source, destination, pseudo, payload]));
}

/** RFC 1071's. */
export function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
