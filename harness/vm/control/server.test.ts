import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { deferred } from '../../util/deferred.ts';
import { ImageError, InfrastructureError, UsageError } from '../../util/errors.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { ask } from './client.ts';
import { MAX_REQUEST_BYTES } from './protocol.ts';
import { ControlServer, type Operations } from './server.ts';

const NOT_SCRIPTED = (): Promise<never> => Promise.reject(new Error('not scripted'));

/** @returns its socket, which goes with the test. */
async function listen(operations: Partial<Operations>): Promise<{ socket: string; server: ControlServer }> {
  const scratch = await scratchDirectory();
  const all: Operations = {
    ...{ about: NOT_SCRIPTED, stop: NOT_SCRIPTED, 'power-cut': NOT_SCRIPTED, api: NOT_SCRIPTED },
    ...{ exec: NOT_SCRIPTED, screenshot: NOT_SCRIPTED, checkpoint: NOT_SCRIPTED, fork: NOT_SCRIPTED },
    ...operations,
  };
  const server = await ControlServer.listen(scratch('control.sock'), all);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { socket: scratch('control.sock'), server };
}

/** What comes back for these bytes, up to the end. */
async function send(socket: string, bytes: string): Promise<string> {
  const connection: Socket = createConnection(socket);
  connection.on('error', () => undefined);
  let answer = '';
  connection.on('data', (part: Buffer) => (answer += part.toString()));
  connection.write(bytes);
  await once(connection, 'close');
  return answer;
}

test('a request gets its answer, bytes as they were', async () => {
  const { socket } = await listen({
    api: ({ method, path }) => {
      const body = Buffer.from([0, 255, ...Buffer.from(`${method} ${path}`)]);
      return Promise.resolve({ status: 200, body: body.toString('base64') });
    },
  });
  const answer = await ask(socket, { op: 'api', method: 'GET', path: '/settings' });
  expect(answer).toEqual({ status: 200, body: Buffer.from('\0\xffGET /settings', 'latin1') });
});

test('only its user can open the socket', async () => {
  const { socket } = await listen({});
  expect(statSync(socket).mode & 0o777).toBe(0o600);
});

test.each([new UsageError('used wrongly'), new InfrastructureError('no disk'), new ImageError('it crashed')])(
  'the fault of %s crosses the socket',
  async (error) => {
    const { socket } = await listen({ stop: () => Promise.reject(error) });
    const refused = await ask(socket, { op: 'stop' }).catch((caught: unknown) => caught);
    expect(refused).toMatchObject({ name: error.name, message: error.message, exitCode: error.exitCode });
  },
);

test.each([
  ['no JSON', 'stop\n', /This is no request: /],
  ['an unknown operation', '{"op":"format"}\n', /This is no request: /],
  ['more than was asked for', '{"op":"stop","force":true}\n', /This is no request: .*force/s],
  [
    'a path with a line end',
    `${JSON.stringify({ op: 'api', method: 'GET', path: '/a\r\nb' })}\n`,
    /must begin/,
  ],
  ['a line without end', 'x'.repeat(MAX_REQUEST_BYTES + 1), /a line of more than 1048576 bytes/],
])('%s is refused, and the next request served', async (_what, bytes, message) => {
  const { socket } = await listen({ stop: () => Promise.resolve({}) });
  const answer = JSON.parse(await send(socket, bytes)) as unknown;
  expect(answer).toEqual({ ok: false, message: expect.stringMatching(message) as string, exitCode: 64 });
  expect(await ask(socket, { op: 'stop' })).toEqual({});
});

test('an answer that is too long is refused', async () => {
  const { socket } = await listen({
    exec: () => Promise.resolve({ exitCode: 0, output: 'x'.repeat(50 * 2 ** 20), errors: '' }),
  });
  await expect(ask(socket, { op: 'exec', argv: ['yes'] })).rejects.toThrow(/longer than the \d+ bytes/);
});

test('what ends the machine is answered before the server goes', async () => {
  const stopped = deferred<undefined>();
  const asked = deferred<undefined>();
  const { socket, server } = await listen({
    stop: async () => {
      asked.resolve(undefined);
      await stopped.promise;
      return {};
    },
  });
  const answer = ask(socket, { op: 'stop' });
  await asked.promise;
  const gone = server[Symbol.asyncDispose]();
  stopped.resolve(undefined);
  expect(await answer).toEqual({});
  await gone;
  await expect(ask(socket, { op: 'stop' })).rejects.toThrow(/gave no answer at .*ENOENT/);
});

test('a client that says nothing does not hold up the end', async () => {
  const { socket, server } = await listen({});
  const idle = createConnection(socket);
  await once(idle, 'connect');
  await server[Symbol.asyncDispose]();
  await once(idle, 'close');
});
