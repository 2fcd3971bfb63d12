import { PROTOCOLS, decodePacket, transportChecksum, type Packet } from './packet.ts';

export type Transport = 'tcp' | 'udp';

export interface PortAnswer {
  readonly transport: Transport;
  readonly port: number;
  readonly open: boolean;
}

/** Of the scanner, for all probes. */
const SOURCE_PORT = 40_000;
const TCP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const ICMP_HEADER_BYTES = 8;
const FLAGS = { syn: 0x02, rst: 0x04, ack: 0x10 } as const;
const WINDOW_BYTES = 1024;

/** What asks a port whether anyone listens: the beginning of a connection, or an empty datagram. */
export function probe(
  transport: Transport,
  port: number,
  ends: Pick<Packet, 'source' | 'destination'>,
): Packet {
  const payload = Buffer.alloc(transport === 'tcp' ? TCP_HEADER_BYTES : UDP_HEADER_BYTES);
  payload.writeUInt16BE(SOURCE_PORT, 0);
  payload.writeUInt16BE(port, 2);
  if (transport === 'tcp') {
    payload.writeUInt8((TCP_HEADER_BYTES / 4) << 4, 12);
    payload.writeUInt8(FLAGS.syn, 13);
    payload.writeUInt16BE(WINDOW_BYTES, 14);
  } else {
    payload.writeUInt16BE(UDP_HEADER_BYTES, 4);
  }
  const packet = { ...ends, protocol: PROTOCOLS[transport], payload };
  const sum = transportChecksum(packet);
  if (transport === 'tcp') payload.writeUInt16BE(sum, 16);
  // Zero would mean that there is none (RFC 768).
  else payload.writeUInt16BE(sum || 0xffff, 6);
  return packet;
}

/**
 * What a packet of the guest says about one of its ports; undefined when it answers no probe.
 *
 * Only what RFC 9293 and RFC 1122 want of a port without a listener counts as closed: a reset, and "port unreachable". All
 * else that a firewall may answer is none of both.
 */
export function readAnswer({ protocol, payload }: Packet): PortAnswer | undefined {
  if (protocol === PROTOCOLS.tcp) return readSegment(payload);
  if (protocol === PROTOCOLS.udp) return readDatagram(payload);
  if (protocol === PROTOCOLS.icmp) return readUnreachable(payload, { type: 3, code: 3 });
  if (protocol === PROTOCOLS.icmpv6) return readUnreachable(payload, { type: 1, code: 4 });
  return undefined;
}

function readSegment(segment: Buffer): PortAnswer | undefined {
  if (segment.length < TCP_HEADER_BYTES || segment.readUInt16BE(2) !== SOURCE_PORT) return undefined;
  const flags = segment.readUInt8(13);
  const port = segment.readUInt16BE(0);
  if ((flags & FLAGS.rst) !== 0) return { transport: 'tcp', port, open: false };
  if ((flags & FLAGS.syn) !== 0) return { transport: 'tcp', port, open: true };
  return undefined;
}

function readDatagram(datagram: Buffer): PortAnswer | undefined {
  if (datagram.length < UDP_HEADER_BYTES || datagram.readUInt16BE(2) !== SOURCE_PORT) return undefined;
  return { transport: 'udp', port: datagram.readUInt16BE(0), open: true };
}

function readUnreachable(message: Buffer, wanted: { type: number; code: number }): PortAnswer | undefined {
  if (message[0] !== wanted.type || message[1] !== wanted.code) return undefined;
  const quoted = decodePacket(message.subarray(ICMP_HEADER_BYTES));
  if (quoted?.protocol !== PROTOCOLS.udp || quoted.payload.length < UDP_HEADER_BYTES) return undefined;
  if (quoted.payload.readUInt16BE(0) !== SOURCE_PORT) return undefined;
  return { transport: 'udp', port: quoted.payload.readUInt16BE(2), open: false };
}
