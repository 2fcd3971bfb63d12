import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

import type { Deadline } from '../util/deadline.ts';
import { InfrastructureError, messageOf, WaitTimeoutError } from '../util/errors.ts';

const RETRY_MS = 2;
/** Before QEMU has made the socket there is no file; before it listens, or serves a hang-up, it refuses. */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN']);

/**
 * Connects to a unix socket on which a starting QEMU is going to listen.
 *
 * @throws {InfrastructureError} with the socket's last error, when QEMU doesn't take the connection by the deadline.
 * @throws the signal's reason, once it is aborted.
 */
export async function openSocket(path: string, deadline: Deadline, signal?: AbortSignal): Promise<Socket> {
  const ended = AbortSignal.any([deadline.signal(), ...(signal === undefined ? [] : [signal])]);
  let lastError = '';
  try {
    return await deadline.poll(
      async () => {
        const socket = createConnection(path);
        try {
          await once(socket, 'connect', { signal: ended });
          return socket;
        } catch (error) {
          socket.destroy();
          signal?.throwIfAborted();
          // The deadline's own doing, and no news: what was seen before it is what the reader needs.
          if (ended.aborted) return undefined;
          lastError = messageOf(error);
          if (NOT_YET.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
          throw failure(`Can't connect to QEMU's socket: ${lastError}.`, error);
        }
      },
      RETRY_MS,
      () => lastError,
    );
  } catch (error) {
    throw error instanceof WaitTimeoutError ? failure(error.message, error) : error;
  }
}

function failure(message: string, cause: unknown): InfrastructureError {
  return new InfrastructureError(message, {
    cause,
    hint: 'See whether QEMU is running and what it wrote to its log.',
  });
}
