import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

import type { Deadline } from '../../util/deadline.ts';
import { InfrastructureError, messageOf } from '../../util/errors.ts';

const RETRY_MS = 2;

/**
 * Connects to a unix socket on which a starting QEMU is going to listen.
 *
 * @throws {WaitTimeoutError} if nothing listens there before the deadline.
 * @throws {InfrastructureError} for anything but a listener that is not there yet.
 */
export async function openSocket(path: string, deadline: Deadline): Promise<Socket> {
  let lastSeen = '';
  return deadline.poll(
    async () => {
      const socket = createConnection(path);
      try {
        await once(socket, 'connect', { signal: deadline.signal() });
        return socket;
      } catch (error) {
        socket.destroy();
        // The deadline's own doing, and no news: what was seen before it is what the reader needs.
        if (isAbort(error)) return undefined;
        lastSeen = messageOf(error);
        if (!isNotThereYet(error)) {
          throw new InfrastructureError(`Can't connect to QEMU's socket: ${lastSeen}.`, { cause: error });
        }
        return undefined;
      }
    },
    RETRY_MS,
    () => lastSeen,
  );
}

function isNotThereYet(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EAGAIN';
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
