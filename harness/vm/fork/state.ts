import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

import { z } from 'zod';

import { STATE_DESCRIPTOR } from '../../qemu/process.ts';
import type { QmpClient } from '../../qemu/qmp/client.ts';
import type { Deadline } from '../../util/deadline.ts';
import { InfrastructureError, messageOf } from '../../util/errors.ts';

/** Whether the guest's memory is part of the state, or stays in a file that the machine shares with it. */
export type MemoryPlace = 'in-state' | 'in-file';

/** QEMU's own limit, made for networks, is 128 MiB/s. */
const UNLIMITED = 2 ** 40;
const migration = z.object({ status: z.string(), 'error-desc': z.string().optional() });

/**
 * Saves the state of a machine that is stopped, and flushes and lets go of its disks. QEMU is kept from starting
 * programs, and QEMU 7.2 writes no files and to no descriptor that it inherited, so the state goes through a socket.
 *
 * @param socket the path of a unix socket to be made, for the time of saving.
 * @throws {QmpCommandError} when QEMU refuses, for instance because of a device that can't be saved.
 * @throws {InfrastructureError} when it fails, with the reason: the file can't be written, or what QEMU says.
 */
export async function saveState(
  qmp: QmpClient,
  memory: MemoryPlace,
  { path, socket, deadline }: { path: string; socket: string; deadline: Deadline },
): Promise<void> {
  const server = createServer({ pauseOnConnect: true });
  try {
    server.listen(socket);
    await once(server, 'listening');
    const written = once(server, 'connection').then(([client]) =>
      pipeline(client as Socket, createWriteStream(path, { mode: 0o600 })),
    );
    // QEMU, which notices it as well, only sees a connection that is broken.
    const failure = new Promise<never>((_resolve, reject) => {
      written.catch((error: unknown) => {
        reject(cannotWrite(path, error));
      });
    });
    failure.catch(() => undefined);
    await prepare(qmp, memory, deadline);
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': UNLIMITED }, deadline);
    await Promise.race([migrate(qmp, 'migrate', `unix:${socket}`, deadline), failure]);
    await deadline.race(Promise.race([written, failure]), () => 'the state is saved, but not all written');
  } finally {
    server.close();
    await rm(socket, { force: true });
  }
}

/**
 * Gives a machine that awaits it the state in its state file. It stays stopped.
 *
 * @throws {InfrastructureError} when the state does not fit the machine; QEMU then often ends.
 */
export async function loadState(qmp: QmpClient, memory: MemoryPlace, deadline: Deadline): Promise<void> {
  await prepare(qmp, memory, deadline);
  await migrate(qmp, 'migrate-incoming', `fd:${STATE_DESCRIPTOR}`, deadline);
}

function cannotWrite(path: string, cause: unknown): InfrastructureError {
  return new InfrastructureError(`Cannot write the machine's state to ${path}: ${messageOf(cause)}.`, {
    cause,
    hint: 'Free some space there, or point HOTFIRE_CACHE and TMPDIR to a larger disk.',
  });
}

async function prepare(qmp: QmpClient, memory: MemoryPlace, deadline: Deadline): Promise<void> {
  const capabilities = [
    { capability: 'events', state: true },
    { capability: 'x-ignore-shared', state: memory === 'in-file' },
  ];
  await qmp.execute('migrate-set-capabilities', { capabilities }, deadline);
}

async function migrate(qmp: QmpClient, command: string, uri: string, deadline: Deadline): Promise<void> {
  const ended = qmp.waitForEvent('MIGRATION', deadline, ({ data }) =>
    ['completed', 'failed'].includes(String(data['status'])),
  );
  // When the command is refused, its error is the one that counts.
  ended.catch(() => undefined);
  await qmp.execute(command, { uri }, deadline);
  const { data } = await ended;
  if (data['status'] === 'completed') return;
  const failed = migration.safeParse(await qmp.execute('query-migrate', undefined, deadline));
  const reason = failed.data?.['error-desc'] ?? 'QEMU gave no reason';
  throw new InfrastructureError(`QEMU failed to ${command} the machine's state: ${reason}.`);
}
