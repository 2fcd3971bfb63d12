import { chmodSync } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:net';

const OWNER_ONLY = 0o600;

/** Listens at a unix socket that only this user can open; until it has its mode, the machine's directory keeps others out. */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, OWNER_ONLY);
}
