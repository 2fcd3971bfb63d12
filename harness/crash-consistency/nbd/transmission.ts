import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { BlockDevice, BlockRequest } from '../device.ts';
import type { ByteReader } from './byte-reader.ts';
import { SECTOR_BYTES } from './handshake.ts';
import {
  COMMAND,
  COMMAND_FLAG_FUA,
  ERROR,
  MAGIC,
  MAX_PAYLOAD_BYTES,
  NbdProtocolError,
  REQUEST_BYTES,
  type NbdError,
} from './protocol.ts';

const KINDS = new Map<number, BlockRequest['kind']>([
  [COMMAND.read, 'read'],
  [COMMAND.write, 'write'],
  [COMMAND.flush, 'flush'],
  [COMMAND.trim, 'trim'],
  [COMMAND.writeZeroes, 'zero'],
]);

interface Request extends BlockRequest {
  readonly cookie: bigint;
}

/**
 * Serves a disk to a client that has chosen it, until it goes.
 *
 * @throws {NbdProtocolError} for what can't be answered; {ConnectionEnded} when the client is gone.
 */
export async function transmit(socket: Socket, reader: ByteReader, device: BlockDevice): Promise<void> {
  for (;;) {
    const header = await reader.take(REQUEST_BYTES);
    if (header.readUInt32BE() !== MAGIC.request) throw new NbdProtocolError('A request has a wrong magic.');
    const type = header.readUInt16BE(6);
    if (type === COMMAND.disconnect) return;
    const cookie = header.readBigUInt64BE(8);
    const kind = KINDS.get(type);
    if (kind === undefined) {
      socket.write(simpleReply(cookie, ERROR.EINVAL));
      continue;
    }
    const lengthBytes = header.readUInt32BE(24);
    if (kind === 'write' && lengthBytes > MAX_PAYLOAD_BYTES) {
      throw new NbdProtocolError(`A write has ${lengthBytes} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
    }
    const data = await reader.take(kind === 'write' ? lengthBytes : 0);
    const fua = (header.readUInt16BE(4) & COMMAND_FLAG_FUA) !== 0;
    // Number, not bigint: what is beyond 2^53 is beyond every disk, too.
    const offset = Number(header.readBigUInt64BE(16));
    void answer(socket, device, { kind, offset, lengthBytes, fua, data, cookie });
  }
}

async function answer(socket: Socket, device: BlockDevice, request: Request): Promise<void> {
  const refusal = refusalOf(request, device.sizeBytes);
  if (refusal !== undefined) {
    socket.write(simpleReply(request.cookie, refusal));
    return;
  }
  const { error, data, given } = await device.submit(request);
  // Not at once: a flush that is in the socket already was sent by a client that has not seen this answer.
  await nextTurn();
  if (socket.destroyed) return;
  socket.write(simpleReply(request.cookie, error === undefined ? ERROR.ok : ERROR[error]));
  if (data !== undefined) socket.write(data);
  given();
}

function refusalOf({ kind, offset, lengthBytes }: Request, sizeBytes: number): NbdError | undefined {
  if (kind === 'flush') return undefined;
  if (offset % SECTOR_BYTES !== 0 || lengthBytes % SECTOR_BYTES !== 0 || lengthBytes === 0)
    return ERROR.EINVAL;
  if (offset + lengthBytes > sizeBytes) return kind === 'read' ? ERROR.EINVAL : ERROR.ENOSPC;
  if (kind === 'read' && lengthBytes > MAX_PAYLOAD_BYTES) return ERROR.EOVERFLOW;
  return undefined;
}

function simpleReply(cookie: bigint, error: NbdError): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(MAGIC.simpleReply);
  bytes.writeUInt32BE(error, 4);
  bytes.writeBigUInt64BE(cookie, 8);
  return bytes;
}
