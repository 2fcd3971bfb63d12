import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

import type { Deadline } from '../../util/deadline.ts';
import { InfrastructureError, messageOf } from '../../util/errors.ts';

const RETRY_MS = 10;

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
        lastSeen = messageOf(error);
        if (!isNotThereYet(error) && !deadline.expired) {
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
