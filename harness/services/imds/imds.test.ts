import { gzipSync } from 'node:zlib';

import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { answers, firstTimes } from '../http/faults.ts';
import { serveImds, type Imds, type ImdsOptions } from './imds.ts';

const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN = 'x-aws-ec2-metadata-token';
const USER_DATA = gzipSync('[settings]\nmotd = "from a cloud"\n');

let imds: Imds;
let agent: Agent;

async function serve(options: ImdsOptions = {}): Promise<void> {
  const scratch = await scratchDirectory();
  imds = await serveImds({ socket: scratch('imds'), ...options });
  agent = new Agent({ connect: { socketPath: imds.socket } });
}

async function end(): Promise<void> {
  await agent.destroy();
  await imds[Symbol.asyncDispose]();
}

beforeEach(() => serve({ userData: USER_DATA, instance: { tags: { Name: 'mine' } } }));
afterEach(end);

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const url = `http://169.254.169.254/${path}`;
  const { statusCode, body } = await request(url, { method, headers, dispatcher: agent });
  return { status: statusCode, body: Buffer.from(await body.arrayBuffer()) };
}

async function token(seconds = '60'): Promise<string> {
  const { status, body } = await ask('latest/api/token', { [TTL]: seconds }, 'PUT');
  expect(status).toBe(200);
  return body.toString();
}

async function read(path: string): Promise<string> {
  const { status, body } = await ask(path, { [TOKEN]: await token() });
  return status === 200 ? body.toString() : String(status);
}

describe('a token', () => {
  test('opens what is closed without one', async () => {
    expect((await ask('latest/user-data')).status).toBe(401);
    expect((await ask('latest/user-data', { [TOKEN]: 'guessed' })).status).toBe(401);
    const { status, body } = await ask('latest/user-data', { [TOKEN]: await token() });
    expect([status, body.equals(USER_DATA)]).toEqual([200, true]);
  });

  test('is good for its time and not longer', async () => {
    let nowMs = 0;
    await end();
    await serve({ tokens: { nowMs: () => nowMs } });
    const shown = { [TOKEN]: await token('2') };
    nowMs = 1999;
    expect((await ask('latest/meta-data/mac', shown)).status).toBe(200);
    nowMs = 2000;
    expect((await ask('latest/meta-data/mac', shown)).status).toBe(401);
  });

  test.for<[string, Record<string, string>, string, number]>([
    ['does not say for how long', {}, 'PUT', 400],
    ['wants it for no time', { [TTL]: '0' }, 'PUT', 400],
    ['wants it for more than six hours', { [TTL]: '21601' }, 'PUT', 400],
    ['says no number', { [TTL]: '1e3' }, 'PUT', 400],
    ['forwards for somebody', { [TTL]: '60', 'x-forwarded-for': '10.0.0.1' }, 'PUT', 403],
    ['does not use PUT', { [TTL]: '60' }, 'GET', 405],
  ])('is refused to who %s', async ([, headers, method, status]) => {
    expect((await ask('latest/api/token', headers, method)).status).toBe(status);
  });

  test('is not needed where the first version is on', async () => {
    await end();
    await serve({ tokens: { required: false } });
    expect((await ask('latest/meta-data/instance-id')).status).toBe(200);
    expect((await ask('latest/meta-data/instance-id', { [TOKEN]: 'guessed' })).status).toBe(401);
  });
});

describe('an instance', () => {
  test('is a tree of directories and values', async () => {
    expect((await read('')).split('\n')).toContain('2021-07-15');
    expect(await read('2021-07-15')).toBe('dynamic/\nmeta-data/\nuser-data');
    expect(await read('latest/meta-data/placement/')).toBe('availability-zone\nregion');
    expect(await read('latest/meta-data/placement')).toBe('availability-zone\nregion');
    expect(await read('latest/meta-data/placement/region')).toBe('us-west-2');
    expect(await read('latest/meta-data/tags/instance/Name')).toBe('mine');
    expect(await read('latest/meta-data/iam/')).toBe('404');
    expect(await read('1999-01-01/user-data')).toBe('404');
  });

  test('has an identity document that EC2 clients can read', async () => {
    await end();
    await serve({
      instance: { architecture: 'aarch64', region: 'eu-north-1', availabilityZone: 'eu-north-1b' },
    });
    const document = JSON.parse(await read('latest/dynamic/instance-identity/document')) as unknown;
    expect(document).toMatchObject({
      architecture: 'arm64',
      availabilityZone: 'eu-north-1b',
      region: 'eu-north-1',
      version: '2017-09-30',
    });
  });

  test('may have neither user-data nor tags', async () => {
    await end();
    await serve();
    expect(await read('latest/user-data')).toBe('404');
    expect(await read('latest/meta-data/')).not.toContain('tags');
  });
});

test('faults reach tokens as well as values', async () => {
  imds.service.inject(/api\/token$/, firstTimes(1, answers(503)));
  expect((await ask('latest/api/token', { [TTL]: '60' }, 'PUT')).status).toBe(503);
  expect(await read('latest/meta-data/instance-type')).toBe('m5.large');
  expect(imds.service.requests.map(({ method, status }) => [method, status])).toEqual([
    ['PUT', 503],
    ['PUT', 200],
    ['GET', 200],
  ]);
});
