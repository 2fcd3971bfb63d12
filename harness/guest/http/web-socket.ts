import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

import { WebSocket } from 'ws';

import type { Deadline } from '../../util/deadline.ts';
import { GuestApiError, GuestConnectionError } from './errors.ts';

/** No service sends longer messages; a guest must not fill the harness's memory. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * A WebSocket on `connect()`'s connection, as soon as it is open. Questions whether it is alive are answered by itself.
 *
 * @throws {GuestApiError} when the service answers with anything but a switch of protocols.
 * @throws {GuestConnectionError} @throws {WaitTimeoutError}
 */
export async function openWebSocket(
  connect: () => Duplex,
  path: string,
  deadline: Deadline,
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://guest${path}`, {
    // It asks no more of a socket than what a Duplex of the bridge has.
    createConnection: () => connect() as unknown as Socket,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  try {
    await deadline.race(opened(socket, path), () => `GET ${path} sent, no answer yet`);
    return socket;
  } catch (error) {
    // Its end is an error again when it is not open yet.
    socket.on('error', () => undefined);
    socket.terminate();
    throw error;
  }
}

function opened(socket: WebSocket, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => {
      reject(new GuestConnectionError('GET', path, error));
    });
    socket.once('unexpected-response', (_request, response) => {
      bodyOf(response).then((body) => {
        reject(new GuestApiError('GET', path, response.statusCode ?? 0, body));
      }, reject);
    });
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_REFUSAL_BYTES) break;
  }
  return Buffer.concat(pieces).toString();
}
