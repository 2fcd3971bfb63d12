import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import pRetry, { AbortError } from 'p-retry';

import type { Deadline } from '../../util/deadline.ts';
import { InfrastructureError, messageOf } from '../../util/errors.ts';

const RETRY_INTERVAL_MS = 20;
/** Before QEMU has made the socket there is no file; before it listens, or serves a hang-up, it refuses. */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN']);

/**
 * Connects to the unix socket of a QEMU character device (`socket,server=on,wait=off`), which may not exist yet.
 *
 * @throws {InfrastructureError} when QEMU doesn't offer it in time.
 */
export async function connectChardev(
  path: string,
  deadline: Deadline,
  signal?: AbortSignal,
): Promise<Socket> {
  const signals = [deadline.signal(), ...(signal === undefined ? [] : [signal])];
  const ended = AbortSignal.any(signals);
  let lastError: unknown;
  try {
    return await pRetry(
      async () => {
        try {
          return await connectOnce(path, ended);
        } catch (error) {
          // What the deadline cut off tells nothing that came not before.
          if (!ended.aborted) lastError = error;
          const code = (error as NodeJS.ErrnoException).code ?? '';
          throw NOT_YET.has(code) ? error : new AbortError(error as Error);
        }
      },
      { retries: Infinity, factor: 1, minTimeout: RETRY_INTERVAL_MS, signal: ended },
    );
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new InfrastructureError(
      `QEMU's character device ${path} can't be reached within ${deadline.timeoutMs} ms: ${messageOf(lastError ?? error)}`,
      { cause: error, hint: 'See whether QEMU is running and what it wrote to its log.' },
    );
  }
}

/** In one system call, if the socket takes it. */
export function writeTogether(socket: Socket, buffers: readonly Buffer[]): void {
  if (!socket.writable) return;
  socket.cork();
  for (const buffer of buffers) socket.write(buffer);
  socket.uncork();
}

async function connectOnce(path: string, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
