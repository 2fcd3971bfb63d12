import { setTimeout as sleep } from 'node:timers/promises';

import type { Deadline } from '../../../util/deadline.ts';
import { deferred } from '../../../util/deferred.ts';
import type { Events } from '../../../util/events.ts';
import { ETHER_TYPES, type Frame } from './ethernet.ts';
import { anyoneThere, introduction, replyToSearch, whoHas, type Neighbour } from './neighbour.ts';
import { decodePacket, encodePacket } from './packet.ts';
import { probe, readAnswer, type Transport } from './probe.ts';

/** A network with one guest on it, and no other host that answers for one. */
export interface Link {
  readonly events: Pick<Events<{ frame: Frame }>, 'on'>;
  send(frames: readonly Frame[]): void;
}

export interface ReachablePort {
  readonly family: 'IPv4' | 'IPv6';
  readonly transport: Transport;
  readonly port: number;
  /** 'open': something answered. 'silent': nothing said that the port is closed, as of a listener that has no answer. */
  readonly answer: 'open' | 'silent';
}

export interface ScanOptions {
  /** Which ports are asked. Default: all, 1 to 65535. */
  readonly ports?: readonly number[];
  /** How long an answer may take when no other comes. */
  readonly patienceMs?: number;
}

const ALL_PORTS = Array.from({ length: 65_535 }, (_, index) => index + 1);
/** As many as a guest's card has room for without a loss. */
const ASKED_AT_ONCE = 128;
/** A frame may get lost: silence counts when it has come so many times. */
const ROUNDS = 3;
const PATIENCE_MS = 500;
const SEARCH_AGAIN_MS = 250;

const MAC = Buffer.from('02486f740001', 'hex');
const IPV4: Neighbour = { mac: MAC, address: Buffer.from([10, 0, 2, 200]) };
const IPV6: Neighbour = { mac: MAC, address: Buffer.from('fe8000000000000000486ffffe740001', 'hex') };
/** Those that QEMU's address server gives to guests. */
const IPV4_OF_GUESTS = Array.from({ length: 16 }, (_, index) => Buffer.from([10, 0, 2, 15 + index]));

/**
 * Asks every TCP and UDP port of the guest on a link, by IPv4 and IPv6, whether someone listens.
 *
 * @returns the ports that have not said that they are closed.
 * @throws {WaitTimeoutError} when no guest answers, or the scan takes too long.
 */
export async function scanLink(
  link: Link,
  deadline: Deadline,
  { ports = ALL_PORTS, patienceMs = PATIENCE_MS }: ScanOptions = {},
): Promise<ReachablePort[]> {
  const off = link.events.on('frame', (frame) => {
    for (const self of [IPV4, IPV6]) {
      const reply = replyToSearch(self, frame);
      if (reply !== undefined) link.send([reply]);
    }
  });
  try {
    const reachable: ReachablePort[] = [];
    for (const [family, self] of [
      ['IPv4', IPV4],
      ['IPv6', IPV6],
    ] as const) {
      const guest = await findGuest(link, self, family, deadline);
      for (const transport of ['tcp', 'udp'] as const) {
        const scan = new Scan(link, self, guest, transport);
        reachable.push(
          ...(await scan.ask(ports, patienceMs, deadline)).map((found) => ({ family, ...found })),
        );
      }
    }
    return reachable;
  } finally {
    off();
  }
}

async function findGuest(
  link: Link,
  self: Neighbour,
  family: ReachablePort['family'],
  deadline: Deadline,
): Promise<Neighbour> {
  let guest: Neighbour | undefined;
  const off = link.events.on('frame', (frame) => {
    const neighbour = introduction(frame);
    if (neighbour?.address.length === self.address.length) guest ??= neighbour;
  });
  try {
    return await deadline.within(deadline.remainingMs(), `an ${family} address of the guest`).poll(() => {
      if (guest !== undefined) return guest;
      const search =
        family === 'IPv4' ? IPV4_OF_GUESTS.map((address) => whoHas(self, address)) : [anyoneThere(self)];
      link.send(search);
      return undefined;
    }, SEARCH_AGAIN_MS);
  } finally {
    off();
  }
}

type Found = Pick<ReachablePort, 'transport' | 'port' | 'answer'>;

/** The ports of one address and transport. */
class Scan {
  readonly #link: Link;
  readonly #self: Neighbour;
  readonly #guest: Neighbour;
  readonly #transport: Transport;
  readonly #unanswered = new Set<number>();
  readonly #open = new Set<number>();
  #awaited = { ports: new Set<number>(), answered: deferred<true>() };
  #heardAtMs = 0;

  constructor(link: Link, self: Neighbour, guest: Neighbour, transport: Transport) {
    this.#link = link;
    this.#self = self;
    this.#guest = guest;
    this.#transport = transport;
  }

  async ask(ports: readonly number[], patienceMs: number, deadline: Deadline): Promise<Found[]> {
    const off = this.#link.events.on('frame', (frame) => {
      this.#hear(frame);
    });
    try {
      for (const port of ports) this.#unanswered.add(port);
      for (let round = 0; round < ROUNDS; round += 1) {
        const left = [...this.#unanswered];
        for (let at = 0; at < left.length; at += ASKED_AT_ONCE) {
          await this.#askSome(left.slice(at, at + ASKED_AT_ONCE), patienceMs, deadline);
        }
      }
    } finally {
      off();
    }
    const found = (answer: Found['answer'], which: Set<number>): Found[] =>
      [...which].map((port) => ({ transport: this.#transport, port, answer }));
    return [...found('open', this.#open), ...found('silent', this.#unanswered)];
  }

  /** Until all have answered, or nothing has come for a while. */
  async #askSome(ports: readonly number[], patienceMs: number, deadline: Deadline): Promise<void> {
    const answered = deferred<true>();
    this.#awaited = { ports: new Set(ports), answered };
    this.#link.send(ports.map((port) => this.#probe(port)));
    this.#heardAtMs = performance.now();
    for (;;) {
      const waitMs = this.#heardAtMs + patienceMs - performance.now();
      if (waitMs <= 0) return;
      if (deadline.expired) {
        throw deadline.error(`${this.#unanswered.size} ${this.#transport} ports left to answer`);
      }
      if (await Promise.race([answered.promise, sleep(waitMs, false)])) return;
    }
  }

  #probe(port: number): Frame {
    const { mac: source, address } = this.#self;
    const packet = probe(this.#transport, port, { source: address, destination: this.#guest.address });
    const type = address.length === 16 ? ETHER_TYPES.ipv6 : ETHER_TYPES.ipv4;
    return { destination: this.#guest.mac, source, type, payload: encodePacket(packet) };
  }

  #hear({ type, payload }: Frame): void {
    if (type !== ETHER_TYPES.ipv4 && type !== ETHER_TYPES.ipv6) return;
    const packet = decodePacket(payload);
    if (packet === undefined || !packet.source.equals(this.#guest.address)) return;
    const answer = readAnswer(packet);
    if (answer?.transport !== this.#transport) return;
    this.#heardAtMs = performance.now();
    this.#unanswered.delete(answer.port);
    this.#awaited.ports.delete(answer.port);
    if (this.#awaited.ports.size === 0) this.#awaited.answered.resolve(true);
    if (answer.open) this.#open.add(answer.port);
  }
}
