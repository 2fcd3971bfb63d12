import { randomBytes } from 'node:crypto';

import { deferred, type Deferred } from '../../util/deferred.ts';
import { ImageError } from '../../util/errors.ts';
import { NONCE_BYTES, ProtocolViolation } from './protocol.ts';
import { freshNonce, sevenBitBytes } from './wire/seven-bit.ts';

/** "Renewal" of docs/bridge-protocol.md. */
const ENTROPY_BYTES = 64;
const TIME_BYTES = 8;
const MACHINE_ID_BYTES = 32;
const MAC_BYTES = 6;

/** Locally administered, one station (IEEE 802: the two lowest bits of the first byte). */
const OWN_MAC_FIRST_BYTE = 0x02;

/** What the guest is sent when it is renewed; entropy and time are added when it is sent. */
export interface Renewal {
  /** Stays in the guest's memory until the next renewal. */
  readonly nonce: Buffer;
  /** 32 lower-case hexadecimal digits: machine-id(5). Absent: stays as it is. */
  readonly machineId?: string;
  /** Of the network card, if there is one. Absent: stays as it is. */
  readonly mac?: Buffer;
}

export interface Renewed {
  /** Of the renewal before this one; all zeros if this is the bridge's first. */
  readonly previousNonce: Buffer;
  /** What the guest could not do, one line each; empty when all is done. */
  readonly faults: string;
}

/** The guest could not be renewed, or it turned out to be another than expected. */
export class RenewalError extends ImageError {}

/** Marks a machine and leaves it who it is. */
export function plantedNonce(): Renewal {
  return { nonce: freshNonce() };
}

/** Makes a machine one of its own. */
export function newIdentity(): Renewal {
  return {
    ...plantedNonce(),
    machineId: randomBytes(MACHINE_ID_BYTES / 2).toString('hex'),
    // Seven bits each: the guest would keep a last byte that could begin a magic back, and wait for the next.
    mac: Buffer.from([OWN_MAC_FIRST_BYTE, ...sevenBitBytes(MAC_BYTES - 1)]),
  };
}

export function encodeRenewal({ nonce, machineId, mac }: Renewal, nowMs: number): Buffer {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64LE(BigInt(Math.round(nowMs * 1000)) * 1000n);
  return Buffer.concat([
    nonce,
    time,
    sevenBitBytes(ENTROPY_BYTES),
    machineId === undefined ? Buffer.alloc(MACHINE_ID_BYTES) : Buffer.from(machineId),
    mac ?? Buffer.alloc(MAC_BYTES),
  ]);
}

function parseRenewed(payload: Buffer): Renewed {
  if (payload.length < NONCE_BYTES) throw new ProtocolViolation(`RENEWED of ${payload.length} bytes`);
  return {
    previousNonce: Buffer.from(payload.subarray(0, NONCE_BYTES)),
    faults: payload.toString('utf8', NONCE_BYTES),
  };
}

/** The renewal that the guest is still to answer. */
export class PendingRenewal {
  #answer: Deferred<Renewed> | undefined;

  begin(): Promise<Renewed> {
    this.#answer = deferred();
    return this.#answer.promise;
  }

  /** @throws {ProtocolViolation} */
  receive(payload: Buffer): void {
    this.#answer?.resolve(parseRenewed(payload));
  }

  fail(reason: string): void {
    this.#answer?.reject(new RenewalError(`The guest was not renewed: ${reason}`));
  }
}
