import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

import { expect, onTestFinished, test } from 'vitest';

import { Bridge } from '../../guest/bridge/bridge.ts';
import { ServingGuest } from '../../guest/bridge/testing/serving-guest.ts';
import type { Capability } from '../../os/capabilities.ts';
import { ApiClient } from '../../os/api/client.ts';
import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { scriptedMachine } from '../testing/scripted-machine.ts';
import { operationsOn } from './operations.ts';
import type { Operations } from './server.ts';

/** Operations on a machine whose host API the test serves. */
async function machine(serve: RequestListener, capabilities: Capability[] = []): Promise<Operations> {
  const scratch = await scratchDirectory();
  const made = new Disposables();
  onTestFinished(() => made[Symbol.asyncDispose]());
  const server = createServer(serve).listen(scratch('api.sock'));
  made.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  made.use(await ServingGuest.listen(scratch('bridge.sock'), scratch('api.sock')));
  const bridge = await Bridge.connect(scratch('bridge.sock'), Deadline.after(60_000, 'the bridge'));
  made.use(bridge);
  const api = made.use(new ApiClient(bridge, new Deadlines('scripted', 1)));
  const { connections, directory } = await scriptedMachine();
  const never = (): Promise<never> => Promise.reject(new Error('not in this test'));
  return operationsOn({
    ...{ directory, connections: { ...connections, api }, uses: [] },
    image: { path: '/images/one', arch: 'x86_64', capabilities: new Set(capabilities) },
    ...{ stop: never, powerCut: never, login: never, checkpoint: never, fork: never },
  });
}

function decoded({ status, body }: { status: number; body: string }): string {
  return `${status} ${Buffer.from(body, 'base64').toString()}`;
}

test('a call reaches the API with query and body, whatever it answers', async () => {
  const operations = await machine((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const type = request.headers['content-type'] ?? 'no type';
      response
        .writeHead(404)
        .end(`${request.method} ${request.url} ${type} ${Buffer.concat(parts).toString()}`);
    });
  });
  const patch = { op: 'api', method: 'PATCH', path: '/settings?tx=a%20b', body: '{"motd":"hi"}' } as const;
  expect(decoded(await operations.api(patch))).toBe(
    '404 PATCH /settings?tx=a%20b application/json {"motd":"hi"}',
  );
  const get = { op: 'api', method: 'GET', path: '/os' } as const;
  expect(decoded(await operations.api(get))).toBe('404 GET /os no type ');
  const twice = operations.api({ ...get, path: '/settings?keys=a&keys=b' });
  await expect(twice).rejects.toThrow(/gives a parameter twice/);
});

test('a command needs a way into the system', async () => {
  const operations = await machine(() => undefined);
  await expect(operations.exec({ op: 'exec', argv: ['true'] })).rejects.toThrow(
    /\/images\/one has neither a guest agent nor a login[^]*--container CONTAINER/,
  );
});
