import { createServer, type Socket } from 'node:net';

import type { Console } from '../../guest/console/console.ts';
import { listenPrivately } from './listen.ts';

/** In the machine's directory, while it can be controlled. */
export const TERMINAL_SOCKET = 'terminal.sock';

/** A client that does not read must not fill the memory. */
const MAX_BACKLOG_BYTES = 2 ** 20;

/**
 * A machine's console for any number of terminals at once, at a unix socket: each sees what the guest says, the last lines
 * first, and types into it.
 */
export async function shareConsole(
  console: Pick<Console, 'events' | 'send' | 'tail'>,
  path: string,
): Promise<Disposable> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    client.on('data', (keys: Buffer) => {
      console.send(keys);
    });
    client.write(console.tail().join('\r\n'));
  });
  await listenPrivately(server, path);
  const off = console.events.on('bytes', (bytes) => {
    for (const client of clients) {
      if (client.writableLength > MAX_BACKLOG_BYTES) client.destroy();
      else client.write(bytes);
    }
  });
  return {
    [Symbol.dispose]: () => {
      off();
      server.close();
      for (const client of clients) client.end();
    },
  };
}
