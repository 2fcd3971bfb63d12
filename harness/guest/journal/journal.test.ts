import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { Journal } from './journal.ts';

const deadlines = new Deadlines('vm-3', 1);

let cleanup: Disposables;
let journal: Journal;
let qemu: Socket;
let file: string;

const soon = (what: string): Deadline => Deadline.after(60_000, what);

beforeEach(async () => {
  cleanup = new Disposables();
  const run = await dir({ prefix: 'journal-', unsafeCleanup: true });
  cleanup.defer(run.cleanup);
  file = join(run.path, 'journal.json');
  const server: Server = createServer().listen(join(run.path, 'journal.sock'));
  cleanup.defer(() => void server.close());
  const connection = once(server, 'connection') as Promise<[Socket]>;
  journal = cleanup.use(
    await Journal.connect(join(run.path, 'journal.sock'), file, soon('the socket'), { deadlines }),
  );
  [qemu] = await connection;
  cleanup.defer(() => void qemu.destroy());
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

function line(message: unknown, fields: object = {}): string {
  const stamps = { __REALTIME_TIMESTAMP: '1700000000000001', __MONOTONIC_TIMESTAMP: '42', _BOOT_ID: 'b1' };
  return `${JSON.stringify({ ...stamps, MESSAGE: message, ...fields })}\n`;
}

test('gives entries typed, and keeps every byte in the file', async () => {
  const text = line('Started it.', { PRIORITY: '6', UNIT: 'it.service', SYSLOG_IDENTIFIER: 'systemd' });
  qemu.write(text);
  const entry = await journal.waitFor(({ unit }) => unit === 'it.service', soon('it'));
  expect(entry).toMatchObject({
    message: 'Started it.',
    priority: 6,
    identifier: 'systemd',
    realtimeUs: 1_700_000_000_000_001,
    monotonicUs: 42,
    bootId: 'b1',
  });
  await journal.close();
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('takes lines in pieces, bytes for text, and leaves out what a reset tore', async () => {
  const whole = line([0xc3, 0xa4]);
  qemu.write(`${whole.slice(0, 20)}\n\n`);
  for (const character of whole) qemu.write(character);
  qemu.end(
    `{"MESSAGE":"no stamps"}\n${line('x'.repeat(2 * 1024 * 1024))}${line('last', { PRIORITY: '99' })}`,
  );
  const seen = [];
  for await (const { message, priority } of journal) seen.push([message, priority]);
  expect(seen).toEqual([
    ['ä', undefined],
    ['last', undefined],
  ]);
});

test('an expired wait shows the last entry', async () => {
  qemu.write(line('almost', { SYSLOG_IDENTIFIER: 'kernel' }));
  await journal.waitFor(({ message }) => message === 'almost', soon('the entry'));
  const wait = journal.waitFor(({ message }) => message === 'never', Deadline.after(50, 'a miracle'));
  await expect(wait).rejects.toThrow(
    'Timed out after 50 ms waiting for a miracle.\nLast seen: kernel: almost',
  );
});

test('a journal that ends fails the wait at once', async () => {
  const wait = journal.waitFor(() => false, soon('the target'));
  qemu.destroy();
  await expect(wait).rejects.toThrow(
    'The journal ended before the target. Last seen: no journal entry at all',
  );
});

test('a full disk of the host ends the journal and every wait', async () => {
  const server = createServer().listen(`${file}.sock`);
  cleanup.defer(() => void server.close());
  const connection = once(server, 'connection') as Promise<[Socket]>;
  // A device that is always full; see full(4).
  const unrecorded = cleanup.use(
    await Journal.connect(`${file}.sock`, '/dev/full', soon('the socket'), { deadlines }),
  );
  const [guest] = await connection;
  cleanup.defer(() => void guest.destroy());
  const waiting = unrecorded.waitFor(({ message }) => message === 'late', soon('what never comes'));
  guest.write(line('early'));
  await expect(waiting).rejects.toThrow(/cannot be recorded: ENOSPC/);
});
