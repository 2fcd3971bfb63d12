import { ETHER_TYPES, type Frame } from '../ethernet.ts';
import { PROTOCOLS, decodePacket, encodePacket, transportChecksum, type Packet } from '../packet.ts';

/** Of a guest whose card is asked. */
export const MAC = Buffer.from('525400123456', 'hex');
const IPV4 = Buffer.from([10, 0, 2, 15]);
const IPV6 = Buffer.from('fe80000000000000505400fffe123456', 'hex');

export interface Script {
  /** Ports with a listener that answers. */
  readonly tcp?: readonly number[];
  /** Ports with a listener that has no answer to nothing. */
  readonly udp?: readonly number[];
  /** Ports of both kinds at which a firewall drops everything. */
  readonly dropped?: readonly number[];
  /** Loses the first probe of each port. */
  readonly loses?: boolean;
  /** A firewall's answer in place of "port unreachable". */
  readonly prohibits?: boolean;
}

/** Answers frames as Linux does; an IPv6 answer comes only when the scanner can be found on the link. */
export class ScriptedGuest {
  readonly #script: Script;
  readonly #lost = new Set<string>();
  #scanner: Buffer | undefined;
  #waiting: Frame[] = [];

  constructor(script: Script) {
    this.#script = script;
  }

  answers(frame: Frame): Frame[] {
    const { type, payload } = frame;
    if (type === ETHER_TYPES.arp) return this.#arp(frame);
    const packet = decodePacket(payload);
    if (packet === undefined) return [];
    if (packet.protocol === PROTOCOLS.icmpv6) return this.#icmpv6(packet, frame);
    const answer = this.#transport(packet);
    return answer === undefined ? [] : [this.#frame(frame, encodePacket(answer))];
  }

  #arp({ source, payload }: Frame): Frame[] {
    if (!payload.subarray(24, 28).equals(IPV4)) return [];
    const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, 2]);
    const reply = Buffer.concat([head, MAC, IPV4, payload.subarray(8, 18)]);
    return [{ destination: source, source: MAC, type: ETHER_TYPES.arp, payload: reply }];
  }

  #icmpv6(packet: Packet, frame: Frame): Frame[] {
    const echo = Buffer.from([129, 0, 0, 0, 0, 0, 0, 0]);
    if (packet.payload[0] === 128) {
      const reply = this.#frame(frame, encodePacket(icmpv6(packet.source, echo)));
      if (this.#scanner !== undefined) return [reply];
      this.#waiting.push(reply);
      const solicitation = Buffer.concat([Buffer.from([135, 0, 0, 0, 0, 0, 0, 0]), packet.source]);
      return [this.#frame(frame, encodePacket(icmpv6(packet.source, solicitation)))];
    }
    if (packet.payload[0] !== 136) return [];
    this.#scanner = packet.source;
    return this.#waiting.splice(0);
  }

  #transport({ source, destination, protocol, payload }: Packet): Packet | undefined {
    if (transportChecksum({ source, destination, protocol, payload }) !== 0) return undefined;
    // No sum at all, which IPv6 does not allow.
    if (protocol === PROTOCOLS.udp && payload.readUInt16BE(6) === 0) return undefined;
    const { tcp = [], udp = [], dropped = [], loses, prohibits } = this.#script;
    const port = payload.readUInt16BE(2);
    const key = `${source.length} ${protocol} ${port}`;
    if (loses === true && !this.#lost.has(key)) {
      this.#lost.add(key);
      return undefined;
    }
    if (dropped.includes(port)) return undefined;
    const ends = { source: destination, destination: source };
    if (protocol === PROTOCOLS.tcp) {
      const segment = Buffer.alloc(20);
      segment.writeUInt16BE(port, 0);
      segment.writeUInt16BE(payload.readUInt16BE(0), 2);
      segment.writeUInt8(tcp.includes(port) ? 0x12 : 0x14, 13);
      return { ...ends, protocol, payload: segment };
    }
    if (udp.includes(port)) return undefined;
    const isV6 = source.length === 16;
    const quoted = encodePacket({ source, destination, protocol, payload });
    const [kind, code] = isV6 ? [1, prohibits === true ? 1 : 4] : [3, prohibits === true ? 13 : 3];
    const message = Buffer.concat([Buffer.from([kind, code, 0, 0, 0, 0, 0, 0]), quoted]);
    return { ...ends, protocol: isV6 ? PROTOCOLS.icmpv6 : PROTOCOLS.icmp, payload: message };
  }

  #frame({ source, type }: Frame, payload: Buffer): Frame {
    return { destination: source, source: MAC, type, payload };
  }
}

function icmpv6(destination: Buffer, payload: Buffer): Packet {
  return { source: IPV6, destination, protocol: PROTOCOLS.icmpv6, payload };
}
