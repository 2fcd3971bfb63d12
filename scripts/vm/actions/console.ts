import { once } from 'node:events';
import { createConnection } from 'node:net';

import type { ConsoleEvents } from '../../../harness/guest/console/console.ts';
import { InfrastructureError, messageOf } from '../../../harness/util/errors.ts';
import { Events } from '../../../harness/util/events.ts';
import { attach } from '../attach.ts';
import { say } from '../say.ts';

/** Attaches this terminal to the console of a machine that another process holds; it goes on when the user leaves. */
export async function enterConsole(name: string, socket: string, signal: AbortSignal): Promise<void> {
  const connection = createConnection(socket);
  try {
    await once(connection, 'connect', { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new InfrastructureError(`Can't reach the console of ${name}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  const closed = once(connection, 'close', { signal }).catch(() => undefined);
  const events = new Events<ConsoleEvents>();
  connection.on('error', () => undefined);
  connection.on('data', (bytes: Buffer) => {
    events.emit('bytes', bytes);
  });
  const send = (keys: string | Uint8Array): void => void connection.write(keys);
  try {
    if (process.stdin.isTTY) say(`the console of ${name}; Ctrl-] leaves it, and the machine goes on`);
    using attachment = attach({ events, send }, { input: process.stdin, output: process.stdout });
    await Promise.race([attachment.left, closed]);
  } finally {
    connection.destroy();
  }
  signal.throwIfAborted();
  say(`left ${name}`);
}
