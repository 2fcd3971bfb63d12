import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { deferred } from '../../util/deferred.ts';
import type { Content } from '../content.ts';
import {
  answers,
  corrupted,
  cutAfter,
  dripping,
  endless,
  lengthened,
  replacedBy,
  shortened,
  stalledAfter,
  type Fault,
} from './faults.ts';
import { FileService } from './file-service.ts';

const BLOCK = Buffer.from(Array.from({ length: 300_000 }, (_none, index) => index % 251));

let service: FileService;
let base: string;
let large: string;

beforeEach(async () => {
  const file = await scratchDirectory();
  await writeFile(file('big'), BLOCK);
  large = file('large');
  service = await FileService.listen(
    new Map<string, Content>([
      ['targets/big', { path: file('big') }],
      ['targets/large', { path: large }],
      ['a b+c', Buffer.from('hello')],
    ]),
  );
  base = `http://127.0.0.1:${service.port ?? 0}`;
});

afterEach(async () => {
  await service[Symbol.asyncDispose]();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<[number, Buffer]> {
  const response = await fetch(`${base}/${path}`, { headers });
  return [response.status, Buffer.from(await response.arrayBuffer())];
}

/** What came of the file on the disk before the connection broke, or `enoughBytes` were there. */
async function getPart(fault: Fault, enoughBytes = Infinity): Promise<number> {
  service.inject(/^targets\//, fault);
  const response = await fetch(`${base}/targets/big`);
  let bytes = 0;
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  try {
    while (bytes < enoughBytes) {
      const part = await reader?.read();
      if (part?.value === undefined) throw new Error('it ended well');
      bytes += part.value.length;
    }
  } catch (error) {
    expect(String(error)).toMatch(/terminated/);
  }
  await reader?.cancel().catch(() => undefined);
  return bytes;
}

describe('without faults', () => {
  test('files come from memory and disk, whatever the query, and requests are recorded', async () => {
    expect(await get('a%20b%2Bc?seed=7&version=1.2.3')).toEqual([200, Buffer.from('hello')]);
    expect(await get('targets/big')).toEqual([200, BLOCK]);
    expect(service.requests).toMatchObject([
      { path: 'a b+c', query: { seed: '7', version: '1.2.3' }, status: 200, sentBytes: 5, complete: true },
      { path: 'targets/big', query: {}, sentBytes: BLOCK.length },
    ]);
  });

  test.each(['nothing', 'targets/', 'targets/../../etc/passwd', 'targets/..%2F..%2Fetc%2Fpasswd', '%ff'])(
    '%s is not there',
    async (path) => {
      expect((await get(path))[0]).toBe(404);
    },
  );

  test('an interrupted download goes on where it ended', async () => {
    const [status, rest] = await get('targets/big', { range: 'bytes=1000-' });
    expect([status, rest.equals(BLOCK.subarray(1000))]).toEqual([206, true]);
    expect((await get('targets/big', { range: 'bytes=300000-' }))[0]).toBe(416);
  });

  test('nothing but reading is allowed', async () => {
    expect((await fetch(`${base}/targets/big`, { method: 'HEAD' })).headers.get('content-length')).toBe(
      '300000',
    );
    expect((await fetch(`${base}/targets/big`, { method: 'POST' })).status).toBe(405);
  });

  test('it can be reached by its own address only', async () => {
    await expect(fetch(`${base.replace('127.0.0.1', '127.0.0.2')}/targets/big`)).rejects.toThrow(
      /fetch failed/,
    );
  });

  test('a unix socket does as well', async () => {
    const file = await scratchDirectory();
    await using local = await FileService.listen(service.files, file('http.sock'));
    const asked = request({ socketPath: file('http.sock'), path: '/targets/big' }).end();
    const [answer] = (await once(asked, 'response')) as [Readable];
    expect((await buffer(answer)).equals(BLOCK)).toBe(true);
    expect(local.port).toBeUndefined();
    await expect(FileService.listen(service.files, file('http.sock'))).rejects.toThrow(/Cannot serve HTTP/);
  });
});

describe('a fault', () => {
  const flipped = Buffer.from(BLOCK);
  flipped.writeUInt8(flipped.readUInt8(150_000) ^ 1, 150_000);

  test.each<[string, Fault, number, Buffer]>([
    ['404', answers(404), 404, Buffer.from('fault: 404')],
    ['500', answers(500), 500, Buffer.from('fault: 500')],
    ['another content', replacedBy(Buffer.from('old')), 200, Buffer.from('old')],
    ['a wrong bit', corrupted(), 200, flipped],
    ['a missing end', shortened(299_990), 200, BLOCK.subarray(0, 10)],
    ['nothing left', shortened(400_000), 200, Buffer.alloc(0)],
    ['zeros behind', lengthened(3), 200, Buffer.concat([BLOCK, Buffer.alloc(3)])],
  ])('gives %s, until it is lifted', async (_what, fault, status, content) => {
    const lift = service.inject(/^targets\//, fault);
    const [seenStatus, seen] = await get('targets/big');
    expect([seenStatus, seen.equals(content)]).toEqual([status, true]);
    expect((await get('a%20b%2Bc'))[0]).toBe(200);
    lift();
    expect((await get('targets/big'))[1].equals(BLOCK)).toBe(true);
  });

  test('cuts the connection', async () => {
    expect(await getPart(cutAfter(70_000))).toBeLessThanOrEqual(70_000);
    expect(service.requests).toMatchObject([{ sentBytes: 70_000, complete: false }]);
  });

  test('never ends', async () => {
    expect(await getPart(endless(), 2_000_000)).toBeGreaterThanOrEqual(2_000_000);
  });

  test('lets the body drip', async () => {
    service.inject(/./, dripping(10));
    const startedAt = performance.now();
    expect(String((await get('a%20b%2Bc'))[1])).toBe('hello');
    expect(performance.now() - startedAt).toBeGreaterThan(350);
  });

  test('lets much of it drip as fast as it says', async () => {
    const MIB = 2 ** 20;
    await writeFile(large, Buffer.alloc(16 * MIB));
    service.inject(/./, dripping(32 * MIB));
    const startedAt = performance.now();
    expect((await get('targets/large'))[1]).toHaveLength(16 * MIB);
    // Far from both the half second that it is to take and the thirteen of one read of the file in each interval.
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});

test('an answer that stalls is sent to its end once it is let go on', async () => {
  const held = deferred<undefined>();
  service.inject(/./, stalledAfter(100_000, held.promise));
  const answer = fetch(`${base}/targets/big`).then((response) => response.arrayBuffer());
  await vi.waitFor(() => {
    expect(service.requests).toMatchObject([{ sentBytes: 100_000 }]);
  }, 60_000);
  await sleep(50);
  expect(service.requests).toMatchObject([{ sentBytes: 100_000, complete: false }]);
  held.resolve(undefined);
  expect(Buffer.from(await answer).equals(BLOCK)).toBe(true);
  await vi.waitFor(() => {
    expect(service.requests).toMatchObject([{ complete: true }]);
  }, 60_000);
});

test.each([
  ['stalls', stalledAfter(10)],
  ['drips', dripping(10)],
  ['never ends', endless()],
])('the service ends in the midst of an answer that %s', async (_what, fault) => {
  service.inject(/./, fault);
  const answer = await fetch(`${base}/targets/big`);
  await service[Symbol.asyncDispose]();
  await expect(answer.arrayBuffer()).rejects.toThrow(/terminated/);
  expect(service.requests).toMatchObject([{ complete: false }]);
});
