import type { Socket } from 'node:net';

import type { Deadline } from '../../util/deadline.ts';
import { deferred } from '../../util/deferred.ts';

const END_OF_LINE = 0x0a;

/**
 * The first line that comes through the socket, without its end. What follows it is dropped.
 *
 * @returns undefined when the peer hangs up before the line has ended.
 * @throws {RangeError} for a line of more than `maxBytes`; {WaitTimeoutError}
 */
export async function readLine(
  socket: Socket,
  maxBytes: number,
  deadline: Deadline,
): Promise<string | undefined> {
  const line = deferred<string | undefined>();
  const parts: Buffer[] = [];
  let lengthBytes = 0;
  const onData = (bytes: Buffer): void => {
    const end = bytes.indexOf(END_OF_LINE);
    const part = end === -1 ? bytes : bytes.subarray(0, end);
    lengthBytes += part.length;
    parts.push(part);
    if (lengthBytes > maxBytes) line.reject(new RangeError(`a line of more than ${maxBytes} bytes`));
    else if (end !== -1) line.resolve(Buffer.concat(parts).toString('utf8'));
  };
  const onEnd = (): void => {
    line.resolve(undefined);
  };
  socket.on('data', onData).once('end', onEnd).once('close', onEnd);
  try {
    return await deadline.race(line.promise);
  } finally {
    socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    // Still read, and thrown away, or a peer that says more would never be seen to hang up.
    socket.resume();
  }
}
