import { createHash } from 'node:crypto';

import { parse } from 'smol-toml';
import { Client } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { answers, corrupted, cutAfter, describedBy, firstTimes } from '../http/faults.ts';
import { basicAuth, basicAuthorization } from '../http/gate.ts';
import { MEDIA_TYPES } from '../oci/blob.ts';
import { imageOf, multiPlatform, type ContainerImage } from '../oci/image.ts';
import { layerOf } from '../oci/layer.ts';
import { serveRegistry, type Registry } from './registry.ts';
import { tokenAuth } from './token-service.ts';

const PLATFORM = { os: 'linux', architecture: 'amd64' };

let image: ContainerImage;
let registry: Registry;
let client: Client;

beforeEach(async () => {
  const layer = await layerOf([{ name: 'program', type: 'file', content: Buffer.alloc(10_000, 'x') }]);
  image = imageOf({ platform: PLATFORM, layers: [layer], config: { Entrypoint: ['/program'] } });
  const index = multiPlatform([{ image, platform: PLATFORM }]);
  registry = await serveRegistry(
    new Map([
      ['a/b:1', image],
      ['index:latest', index],
    ]),
  );
  client = new Client('http://registry', { socketPath: registry.socket });
});

afterEach(async () => {
  await client.destroy();
  await registry[Symbol.asyncDispose]();
});

async function ask(path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  const answer = await client.request({ path, method, headers });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: Buffer.from(await answer.body.arrayBuffer()),
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe('an image is pulled', () => {
  test('from the base to its last layer, each by the digest that named it', async () => {
    expect(await ask('/v2/')).toMatchObject({ status: 200 });
    const named = await ask('/v2/a/b/manifests/1');
    const digest = digestOf(named.body);
    expect(named.headers).toMatchObject({
      'content-type': MEDIA_TYPES.manifest,
      'content-length': String(named.body.length),
      'docker-content-digest': digest,
    });
    expect((await ask(`/v2/a/b/manifests/${digest}`)).body).toEqual(named.body);
    const { config, layers } = JSON.parse(named.body.toString()) as Manifest;
    for (const { digest: blob, size } of [config, ...layers]) {
      const { body, headers } = await ask(`/v2/a/b/blobs/${blob}`);
      expect([digestOf(body), body.length, headers['docker-content-digest']]).toEqual([blob, size, blob]);
    }
  });

  test('with what HEAD tells of it beforehand', async () => {
    const { body, headers } = await ask('/v2/a/b/manifests/1');
    const head = await ask('/v2/a/b/manifests/1', {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers).toMatchObject({
      'content-length': String(body.length),
      'docker-content-digest': headers['docker-content-digest'],
    });
  });

  test('through an index, whose manifests have digests of their own', async () => {
    const index = await ask('/v2/index/manifests/latest');
    expect(index.headers['content-type']).toBe(MEDIA_TYPES.index);
    const { manifests } = JSON.parse(index.body.toString()) as { manifests: { digest: string }[] };
    expect(manifests).toMatchObject([{ platform: PLATFORM, digest: image.manifests[0].descriptor.digest }]);
    expect(digestOf((await ask(`/v2/index/manifests/${manifests[0]?.digest ?? ''}`)).body)).toBe(
      manifests[0]?.digest,
    );
  });

  test('in parts, when a pull goes on where it was cut', async () => {
    const { digest } = image.blobs[1]?.descriptor ?? { digest: '' };
    const { body: whole } = await ask(`/v2/a/b/blobs/${digest}`);
    const rest = await ask(`/v2/a/b/blobs/${digest}`, { range: 'bytes=10-' });
    expect([rest.status, rest.body]).toEqual([206, whole.subarray(10)]);
    const part = await ask(`/v2/a/b/blobs/${digest}`, { range: 'bytes=10-19' });
    expect([part.status, part.body]).toEqual([206, whole.subarray(10, 20)]);
    expect(part.headers['content-range']).toBe(`bytes 10-19/${whole.length}`);
    expect((await ask(`/v2/a/b/blobs/${digest}`, { range: 'bytes=9999999-' })).status).toBe(416);
  });

  test.each(['/v2/a/b/manifests/2', '/v2/b/manifests/1', `/v2/a/b/blobs/sha256:${'0'.repeat(64)}`, '/v2'])(
    'and %s is not there',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );
});

describe('credentials', () => {
  const credentials = { username: 'user', password: 'se:cret' };
  const authorization = basicAuthorization(credentials);

  test('are asked for with each request', async () => {
    registry.service.gate = basicAuth(credentials);
    const refused = await ask('/v2/');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="hotfire"']);
    expect(
      (await ask('/v2/', { authorization: basicAuthorization({ ...credentials, password: '' }) })).status,
    ).toBe(401);
    expect((await ask('/v2/a/b/manifests/1', { authorization })).status).toBe(200);
  });

  test('buy a token where the refusal says so, and the token opens the registry', async () => {
    registry.service.gate = tokenAuth(registry.url, credentials);
    const refused = await ask('/v2/a/b/manifests/1');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      401,
      `Bearer realm="${registry.url}/token",service="hotfire",scope="repository:a/b:pull"`,
    ]);
    expect((await ask('/token')).status).toBe(401);
    expect((await ask('/v2/', { authorization })).status).toBe(401);
    const { token } = JSON.parse((await ask('/token', { authorization })).body.toString()) as {
      token: string;
    };
    expect((await ask('/v2/a/b/manifests/1', { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await ask('/v2/', { authorization: 'Bearer other' })).status).toBe(401);
  });
});

describe('a fault', () => {
  test('tells a client to come again, and then lets it in', async () => {
    registry.service.inject(/manifests/, firstTimes(2, answers(429, { 'retry-after': '1' })));
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await ask('/v2/a/b/manifests/1')).status);
    expect(statuses).toEqual([429, 429, 200]);
  });

  test('names what it serves wrongly, or serves what it names wrongly', async () => {
    const { digest } = image.manifests[0].descriptor;
    registry.service.inject(/manifests/, describedBy({ 'content-type': 'text/html' }));
    expect((await ask('/v2/a/b/manifests/1')).headers).toMatchObject({
      'content-type': 'text/html',
      'docker-content-digest': digest,
    });
    registry.service.inject(/manifests/, corrupted());
    const altered = await ask('/v2/a/b/manifests/1');
    expect(altered.headers['docker-content-digest']).toBe(digest);
    expect(digestOf(altered.body)).not.toBe(digest);
  });

  test('cuts a layer', async () => {
    registry.service.inject(/blobs/, cutAfter(5));
    await expect(ask(`/v2/a/b/blobs/${image.blobs[1]?.descriptor.digest ?? ''}`)).rejects.toThrow();
  });
});

test('an image of one word is also found as the hub has it', async () => {
  registry.publish(new Map([['c:2', image]]));
  expect((await ask('/v2/library/c/manifests/2')).body).toEqual((await ask('/v2/c/manifests/2')).body);
  expect((await ask('/v2/library/a/b/manifests/1')).status).toBe(404);
});

test('other images take the place of those before', async () => {
  registry.publish(new Map([['c:2', image]]));
  expect((await ask('/v2/a/b/manifests/1')).status).toBe(404);
  expect((await ask('/v2/c/manifests/2')).status).toBe(200);
  expect(() => {
    registry.publish(new Map([['c', image]]));
  }).toThrow(/it must be repository:tag/);
});

test('a machine is told what else it needs', async () => {
  const settings = '[settings]\nmotd = "hello"\n';
  await using told = await serveRegistry(new Map(), { mirrors: [], settings });
  expect(parse(told.settings ?? '')).toMatchObject({ settings: { motd: 'hello' } });
});

test('a machine is told where it is', () => {
  expect(registry.url).toBe('http://10.0.2.100:5000');
  const { settings } = parse(registry.settings ?? '') as { settings: unknown };
  const endpoint = [registry.url];
  expect(settings).toEqual({
    'container-registry': {
      mirrors: [
        { registry: 'registry.k8s.io', endpoint },
        { registry: 'docker.io', endpoint },
        { registry: registry.host, endpoint },
      ],
    },
  });
});
