import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { GuestApiError, GuestConnectionError } from '../../../guest/http/errors.ts';
import { Deadline } from '../../../util/deadline.ts';
import { Disposables } from '../../../util/disposables.ts';
import { UsageError, WaitTimeoutError } from '../../../util/errors.ts';
import { ExecError } from './errors.ts';
import { execCalls } from './exec.ts';
import { ScriptedServer, type ScriptedClient } from './testing/scripted-server.ts';

let cleanup: Disposables;
let server: ScriptedServer;

const exec = execCalls({
  connect: () => Promise.resolve(() => server.connect()),
  within: (timeoutMs, what) => Deadline.after(timeoutMs, what),
});

beforeEach(async () => {
  cleanup = new Disposables();
  const run = await dir({ prefix: 'exec-', unsafeCleanup: true });
  cleanup.defer(run.cleanup);
  server = cleanup.use(await ScriptedServer.listen(join(run.path, 'api.sock')));
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

/** A session, and its other end when the command is known there. */
async function opened(tty?: { rows: number; cols: number }) {
  const [client, session] = await Promise.all([server.client(), exec.open('admin', ['cat'], { tty })]);
  cleanup.use(session);
  return { client, session, initialize: await client.next() };
}

async function drained(client: ScriptedClient, count: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let number = 0; number < count; number++) pieces.push((await client.next()) as Buffer);
  return Buffer.concat(pieces);
}

test('a command gets its input, and gives output and exit code', async () => {
  const result = exec.run('admin', ['sh', '-c', 'ü'], { stdin: 'in' });
  const client = await server.client();
  expect(await client.next()).toEqual({
    Initialize: {
      command: [{ Unix: [115, 104] }, { Unix: [45, 99] }, { Unix: [195, 188] }],
      target: 'admin',
      tty: null,
    },
  });
  client.allow(1024);
  expect(await client.next()).toEqual(Buffer.from('in'));
  expect(await client.next()).toBe('ContentComplete');
  client.write('o');
  client.write('ut');
  client.end(143);
  expect(await result).toEqual({ exitCode: 143, output: 'out' });
});

test('input waits until the guest takes more of it', async () => {
  const { client, session } = await opened();
  const written = session.write(Buffer.alloc(5 * 16 * 1024, 'x'));
  client.allow(2);
  expect(await drained(client, 2)).toHaveLength(2 * 16 * 1024);
  client.socket.ping();
  await new Promise((answered) => client.socket.once('pong', answered));
  expect(client.unread).toBe(0);
  client.allow(2, 1);
  expect(await drained(client, 1)).toHaveLength(16 * 1024);
  client.allow(2, 3);
  expect(await drained(client, 2)).toHaveLength(2 * 16 * 1024);
  await written;
});

test('a terminal has a size and can be resized', async () => {
  const { client, session, initialize } = await opened({ rows: 30, cols: 100 });
  expect(initialize).toMatchObject({ Initialize: { tty: { size: { rows: 30, cols: 100 } } } });
  session.resize({ rows: 1, cols: 2 });
  expect(await client.next()).toEqual({ Winch: { rows: 1, cols: 2 } });
});

test('output is waited for, wherever its pieces end', async () => {
  const { client, session } = await opened();
  const prompt = session.waitForOutput(/na(me): /);
  client.write('your na');
  client.write('me: ');
  expect((await prompt)[1]).toBe('me');
  client.end(0);
  await expect(session.waitForOutput(/never/)).rejects.toThrow(/it ended with 0 before: your name: /);
});

test('a refused command is told in the words of the guest', async () => {
  const result = exec.run('nope', ['ls']);
  const client = await server.client();
  client.socket.close(1011, '"nope" is no running host container; there are admin');
  await expect(result).rejects.toThrow(
    new ExecError('"ls" in container nope', 1011, '"nope" is no running host container; there are admin'),
  );
});

test('a refused connection has its status and text', async () => {
  server.refusal = { status: 503, text: '16 commands are running' };
  await expect(exec.open('admin', ['ls'])).rejects.toThrow(
    new GuestApiError('GET', '/exec', 503, '16 commands are running'),
  );
});

test('a server that is not there is named', async () => {
  await server[Symbol.asyncDispose]();
  await expect(exec.open('admin', ['ls'])).rejects.toThrow(GuestConnectionError);
});

test('a broken connection is an error and no exit code', async () => {
  const { client, session } = await opened();
  client.socket.terminate();
  await expect(session.waitForExit()).rejects.toThrow(
    /was not run to its end: the connection broke \(1006\)/,
  );
});

test('what is no message of the protocol ends the session', async () => {
  const { client, session } = await opened();
  client.socket.send('{"Capacity":{}}');
  await expect(session.waitForExit()).rejects.toThrow(/what is no message of \/exec: \{"Capacity":\{\}\}/);
});

test('output without end is cut off', async () => {
  const { client, session } = await opened();
  for (let number = 0; number < 33; number++) client.socket.send(Buffer.alloc(512 * 1024));
  await expect(session.waitForExit()).rejects.toThrow(/its output has more than 16777216 bytes/);
});

test('a command that does not end is killed at the deadline', async () => {
  const deadline = Deadline.after(300, 'the end of sleep');
  const result = exec.run('admin', ['sleep', '9'], { deadline });
  const client = await server.client();
  const closed = client.closed();
  client.write('zzz');
  await expect(result).rejects.toThrow(WaitTimeoutError);
  await closed;
});

test.each([
  [[], undefined],
  [[''], undefined],
  [['ls'], { rows: 0, cols: 80 }],
  [['ls'], { rows: 24, cols: 65_536 }],
])('the command %j with terminal %j is refused before it is sent', async (argv, tty) => {
  await expect(exec.open('admin', argv, { tty })).rejects.toThrow(UsageError);
});
