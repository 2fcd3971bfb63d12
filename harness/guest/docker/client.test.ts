import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

import tmp from 'tmp-promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { Bridge } from '../bridge/bridge.ts';
import { ServingGuest } from '../bridge/testing/serving-guest.ts';
import { GuestApiError, GuestApiShapeError, GuestConnectionError } from '../http/errors.ts';
import { DockerClient } from './client.ts';
import { DockerPullError } from './errors.ts';

let cleanup: Disposables;
let bridge: Bridge;
let docker: DockerClient;
let requests: { readonly call: string; readonly body: unknown }[];
let answers: Record<string, RequestListener>;

const json = (value: unknown, status = 200): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
};

beforeEach(async () => {
  cleanup = new Disposables();
  [requests, answers] = [[], {}];
  const { path, cleanup: remove } = await tmp.dir({ prefix: 'docker-', unsafeCleanup: true });
  cleanup.defer(remove);
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      const call = `${String(request.method)} ${String(request.url)}`;
      requests.push({ call, body: body === '' ? undefined : JSON.parse(body) });
      const answer = answers[call] ?? json({ message: `page not found: ${call}` }, 404);
      answer(request, response);
    });
  });
  server.listen(`${path}/docker.sock`);
  await once(server, 'listening');
  cleanup.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  cleanup.use(await ServingGuest.listen(`${path}/port.sock`, `${path}/docker.sock`));
  bridge = cleanup.use(await Bridge.connect(`${path}/port.sock`, Deadline.after(60_000, 'the bridge')));
  docker = cleanup.use(new DockerClient(bridge, new Deadlines('the guest', 1)));
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

/** A piece of output as the Engine sends it. */
function piece(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('a container is made with its limits, and nothing else is taken from it', async () => {
  answers['POST /v1.44/containers/create?name=web'] = json({ Id: 'abc' }, 201);
  const options = { name: 'web', image: 'web:1', args: ['a'], memoryBytes: 64, cpus: 0.5, pids: 9 };
  expect(await docker.create(options)).toBe('abc');
  expect(requests[0]?.body).toMatchObject({
    Image: 'web:1',
    Cmd: ['a'],
    HostConfig: {
      Memory: 64,
      MemorySwap: 64,
      NanoCpus: 500_000_000,
      PidsLimit: 9,
      Privileged: false,
      SecurityOpt: [],
    },
  });
});

test('a refusal shows the words of the Engine', async () => {
  const error = await docker.start('gone').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GuestApiError);
  expect(error).toMatchObject({
    status: 404,
    message: 'POST /containers/gone/start answered 404: page not found: POST /v1.44/containers/gone/start',
  });
});

test('a name cannot lead to another path', async () => {
  await expect(docker.inspect('../images')).rejects.toThrow('/containers/..%2Fimages/json');
});

describe('a pull', () => {
  test('ends with its progress', async () => {
    answers['POST /v1.44/images/create?fromImage=web%3A1'] = (_request, response) => {
      response.end('{"status":"Pulling"}\r\n{"status":"Download complete","progressDetail":{}}\r\n');
    };
    await expect(docker.pull('web:1')).resolves.toBeUndefined();
  });

  test('that fails on the way fails, though it was answered 200', async () => {
    answers['POST /v1.44/images/create?fromImage=web%3A1'] = (_request, response) => {
      response.end('{"status":"Pulling"}\n{"errorDetail":{"message":"no blob"},"error":"no blob"}\n');
    };
    await expect(docker.pull('web:1')).rejects.toThrow(DockerPullError);
    await expect(docker.pull('web:1')).rejects.toThrow('The pull of web:1 failed: no blob');
  });
});

describe('output', () => {
  test('is taken apart into its streams', async () => {
    answers['GET /v1.44/containers/web/logs?stdout=true&stderr=true'] = (_request, response) => {
      response.end(Buffer.concat([piece(1, 'größe\n'), piece(2, 'warn\n'), piece(1, 'more\n')]));
    };
    expect(await docker.logs('web')).toEqual({ stdout: 'größe\nmore\n', stderr: 'warn\n' });
  });

  test('of a program comes with its exit code', async () => {
    answers['POST /v1.44/containers/web/exec'] = json({ Id: 'e1' }, 201);
    // As the Engine answers: without a length, until it closes the connection.
    answers['POST /v1.44/exec/e1/start'] = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n\r\n');
      socket.end(piece(1, 'out'));
    };
    answers['GET /v1.44/exec/e1/json'] = json({ ExitCode: 3 });
    expect(await docker.exec('web', ['cat'])).toEqual({ stdout: 'out', stderr: '', exitCode: 3 });
    expect(requests[0]?.body).toMatchObject({ Cmd: ['cat'] });
  });
});

test('an answer of another shape says what is wrong with it', async () => {
  answers['GET /v1.44/images/json'] = json([{ Id: 'a' }]);
  await expect(docker.images()).rejects.toThrow(GuestApiShapeError);
  await expect(docker.images()).rejects.toThrow(/RepoTags/);
});

test('a reset of the machine fails a call, and the next one is answered', async () => {
  answers['POST /v1.44/containers/web/wait'] = () => undefined;
  answers['GET /v1.44/_ping'] = (_request, response) => response.end('OK');
  const waiting = docker.wait('web').catch((thrown: unknown) => thrown);
  await expect.poll(() => requests.length).toBe(1);
  bridge.guestReset();
  expect(await waiting).toBeInstanceOf(GuestConnectionError);
  await expect(docker.ping()).resolves.toBeUndefined();
});
