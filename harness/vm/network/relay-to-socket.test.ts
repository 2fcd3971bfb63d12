import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { dir } from 'tmp-promise';
import { afterEach, expect, it } from 'vitest';

import { networkOf } from './network.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The command that QEMU is given for a service, run with a connection in its place. */
async function relay(serve?: (connection: Socket) => void) {
  const directory = await dir({ unsafeCleanup: true });
  ends.push(() => directory.cleanup());
  const socket = `${directory.path}/service.sock`;
  if (serve !== undefined) await listen(socket, serve);
  const image = { arch: 'x86_64', capabilities: new Set<never>() } as const;
  const [service] = networkOf({ image, services: [{ port: 80, socket }] }, String)?.services ?? [];
  if (service === undefined) throw new Error('the service is lost');
  const [program, ...args] = service.command;
  const guests = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(guests, 'listening');
  ends.push(() => guests.close());
  const { port } = guests.address() as { port: number };
  const accepted = once(guests, 'connection') as Promise<[Socket]>;
  const child = spawn(
    '/bin/bash',
    ['-c', 'exec "${@:2}" <>"/dev/tcp/127.0.0.1/$1" >&0 2>&0', '-', String(port), program, ...args],
    {
      stdio: 'ignore',
    },
  );
  ends.push(() => child.kill());
  const [guest] = await accepted;
  return { guest, exited: once(child, 'exit') };
}

async function listen(path: string, serve: (connection: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(path);
  await once(server, 'listening');
  ends.push(() => server.close());
  return server;
}

it('carries both directions, ends each by itself, and then ends', async () => {
  const { guest, exited } = await relay((connection) => {
    let bytes = 0;
    connection.on('data', (chunk) => (bytes += chunk.length));
    connection.on('end', () => connection.end(`got ${bytes}`));
  });
  guest.end(Buffer.alloc(1_000_000));
  await expect(text(guest)).resolves.toBe('got 1000000');
  await expect(exited).resolves.toEqual([0, null]);
});

it('ends when the guest hangs up', async () => {
  const { guest, exited } = await relay(() => undefined);
  guest.resetAndDestroy();
  await expect(exited).resolves.toEqual([1, null]);
});

it('hangs up on the guest when there is no service', async () => {
  const { guest, exited } = await relay();
  await expect(text(guest)).resolves.toBe('');
  await expect(exited).resolves.toEqual([1, null]);
});
