import type { Socket } from 'node:net';

import type { BlockDevice } from '../device.ts';
import type { ByteReader } from './byte-reader.ts';
import {
  HANDSHAKE_FLAGS,
  INFO,
  MAGIC,
  MAX_PAYLOAD_BYTES,
  NbdProtocolError,
  OPTION,
  OPTION_REPLY,
  TRANSMISSION_FLAGS,
} from './protocol.ts';

/** Smaller requests would be parts of a sector, which no disk can write. */
export const SECTOR_BYTES = 512;
const PREFERRED_BYTES = 4096;
/** An export's name has at most 4096 bytes; the rest is room for a list of what is asked about it. */
const MAX_OPTION_BYTES = 8192;

const DISK_FLAGS =
  TRANSMISSION_FLAGS.hasFlags |
  TRANSMISSION_FLAGS.sendFlush |
  TRANSMISSION_FLAGS.sendFua |
  TRANSMISSION_FLAGS.sendTrim |
  TRANSMISSION_FLAGS.sendWriteZeroes;

export type Exports = ReadonlyMap<string, BlockDevice>;

/**
 * Greets a client in the fixed newstyle and haggles over options until it chooses an export.
 *
 * @returns undefined when the client wants nothing more.
 * @throws {NbdProtocolError} when it does not speak NBD, or by the oldest option asks for what there is not.
 */
export async function shakeHands(
  socket: Socket,
  reader: ByteReader,
  exports: Exports,
): Promise<BlockDevice | undefined> {
  socket.write(greeting());
  const clientFlags = (await reader.take(4)).readUInt32BE();
  if ((clientFlags & HANDSHAKE_FLAGS.fixedNewstyle) === 0) {
    throw new NbdProtocolError('The client does not speak the fixed newstyle of NBD.');
  }
  for (;;) {
    const { option, data } = await readOption(reader);
    const answer = (type: number, payload?: Buffer): void => {
      socket.write(optionReply(option, type, payload));
    };
    switch (option) {
      case OPTION.exportName: {
        const device = exports.get(data.toString());
        if (device === undefined)
          throw new NbdProtocolError('The client asks for an export that there is not.');
        const zeroes = (clientFlags & HANDSHAKE_FLAGS.noZeroes) === 0 ? 124 : 0;
        socket.write(Buffer.concat([sizeAndFlags(device), Buffer.alloc(zeroes)]));
        return device;
      }
      case OPTION.go:
      case OPTION.info: {
        const name = nameIn(data);
        const device = name === undefined ? undefined : exports.get(name);
        if (device === undefined) {
          answer(name === undefined ? OPTION_REPLY.errInvalid : OPTION_REPLY.errUnknown);
          break;
        }
        answer(OPTION_REPLY.info, Buffer.concat([uint16(INFO.export), sizeAndFlags(device)]));
        answer(OPTION_REPLY.info, blockSizes());
        answer(OPTION_REPLY.ack);
        if (option === OPTION.go) return device;
        break;
      }
      case OPTION.list:
        for (const name of exports.keys()) answer(OPTION_REPLY.server, lengthPrefixed(name));
        answer(OPTION_REPLY.ack);
        break;
      case OPTION.abort:
        answer(OPTION_REPLY.ack);
        return undefined;
      default:
        answer(OPTION_REPLY.errUnsupported);
    }
  }
}

async function readOption(reader: ByteReader): Promise<{ option: number; data: Buffer }> {
  const header = await reader.take(16);
  if (header.readBigUInt64BE() !== MAGIC.option) throw new NbdProtocolError('An option has a wrong magic.');
  const lengthBytes = header.readUInt32BE(12);
  if (lengthBytes > MAX_OPTION_BYTES) {
    throw new NbdProtocolError(`An option has ${lengthBytes} bytes; at most ${MAX_OPTION_BYTES} are taken.`);
  }
  return { option: header.readUInt32BE(8), data: await reader.take(lengthBytes) };
}

/** The name in the data of INFO and GO, if their lengths add up. */
function nameIn(data: Buffer): string | undefined {
  if (data.length < 6) return undefined;
  const nameEnd = 4 + data.readUInt32BE();
  if (nameEnd + 2 > data.length) return undefined;
  const wanted = data.readUInt16BE(nameEnd);
  return nameEnd + 2 + 2 * wanted === data.length ? data.toString('utf8', 4, nameEnd) : undefined;
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(MAGIC.greeting);
  bytes.writeBigUInt64BE(MAGIC.option, 8);
  bytes.writeUInt16BE(HANDSHAKE_FLAGS.fixedNewstyle | HANDSHAKE_FLAGS.noZeroes, 16);
  return bytes;
}

function optionReply(option: number, type: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(20);
  header.writeBigUInt64BE(MAGIC.optionReply);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(type, 12);
  header.writeUInt32BE(payload.length, 16);
  return Buffer.concat([header, payload]);
}

function sizeAndFlags({ sizeBytes }: BlockDevice): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(sizeBytes));
  bytes.writeUInt16BE(DISK_FLAGS, 8);
  return bytes;
}

function blockSizes(): Buffer {
  const sizes = Buffer.alloc(12);
  [SECTOR_BYTES, PREFERRED_BYTES, MAX_PAYLOAD_BYTES].forEach((size, index) => {
    sizes.writeUInt32BE(size, index * 4);
  });
  return Buffer.concat([uint16(INFO.blockSize), sizes]);
}

function lengthPrefixed(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
