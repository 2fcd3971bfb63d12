import { BROADCAST, ETHER_TYPES, type Frame } from './ethernet.ts';
import { PROTOCOLS, decodePacket, encodePacket, transportChecksum } from './packet.ts';

/** A host on a network: of IPv4 where its address has 4 bytes, of IPv6 where it has 16. */
export interface Neighbour {
  readonly mac: Buffer;
  readonly address: Buffer;
}

const ARP_REQUEST = 1;
const ARP_REPLY = 2;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const SOLICITED_AND_OVERRIDE = 0x60;
const TARGET_LINK_ADDRESS = 2;
const ALL_NODES = Buffer.from('ff020000000000000000000000000001', 'hex');
const ALL_NODES_MAC = Buffer.from('333300000001', 'hex');

/** Asks who has an address of IPv4 (RFC 826). */
export function whoHas(self: Neighbour, address: Buffer): Frame {
  const payload = arp(ARP_REQUEST, self, { mac: Buffer.alloc(6), address });
  return { destination: BROADCAST, source: self.mac, type: ETHER_TYPES.arp, payload };
}

/** Asks every host on the link to answer by IPv6. */
export function anyoneThere(self: Neighbour): Frame {
  const message = icmpv6(self.address, ALL_NODES, Buffer.from([ECHO_REQUEST, 0, 0, 0, 0, 0, 0, 0]));
  return { destination: ALL_NODES_MAC, source: self.mac, type: ETHER_TYPES.ipv6, payload: message };
}

/** The neighbour that has answered to `whoHas` or `anyoneThere`. */
export function introduction({ source: mac, type, payload }: Frame): Neighbour | undefined {
  if (type === ETHER_TYPES.arp) {
    const isReply = payload.length >= 28 && payload.readUInt16BE(6) === ARP_REPLY;
    return isReply ? { mac, address: payload.subarray(14, 18) } : undefined;
  }
  const packet = type === ETHER_TYPES.ipv6 ? decodePacket(payload) : undefined;
  if (packet?.protocol !== PROTOCOLS.icmpv6 || packet.payload[0] !== ECHO_REPLY) return undefined;
  return { mac, address: packet.source };
}

/** What a host has to answer to one that looks for it, or it gets no answers itself. */
export function replyToSearch(self: Neighbour, { source: mac, type, payload }: Frame): Frame | undefined {
  if (type === ETHER_TYPES.arp) {
    if (payload.length < 28 || payload.readUInt16BE(6) !== ARP_REQUEST) return undefined;
    if (!payload.subarray(24, 28).equals(self.address)) return undefined;
    const answer = arp(ARP_REPLY, self, { mac, address: payload.subarray(14, 18) });
    return { destination: mac, source: self.mac, type, payload: answer };
  }
  const packet = type === ETHER_TYPES.ipv6 ? decodePacket(payload) : undefined;
  if (packet?.protocol !== PROTOCOLS.icmpv6 || packet.payload[0] !== SOLICITATION) return undefined;
  if (!packet.payload.subarray(8, 24).equals(self.address)) return undefined;
  const advertisement = Buffer.concat([
    Buffer.from([ADVERTISEMENT, 0, 0, 0, SOLICITED_AND_OVERRIDE, 0, 0, 0]),
    self.address,
    Buffer.from([TARGET_LINK_ADDRESS, 1]),
    self.mac,
  ]);
  const answer = icmpv6(self.address, packet.source, advertisement);
  return { destination: mac, source: self.mac, type, payload: answer };
}

/** For Ethernet (1) and IPv4, with addresses of 6 and 4 bytes. */
function arp(operation: number, sender: Neighbour, target: Neighbour): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, operation]);
  return Buffer.concat([head, sender.mac, sender.address, target.mac, target.address]);
}

function icmpv6(source: Buffer, destination: Buffer, payload: Buffer): Buffer {
  const packet = { source, destination, protocol: PROTOCOLS.icmpv6, payload };
  payload.writeUInt16BE(transportChecksum(packet), 2);
  return encodePacket(packet);
}
