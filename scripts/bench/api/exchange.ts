import { performance } from 'node:perf_hooks';

import type { Client } from 'undici';

import { Deadline } from '../../../harness/util/deadline.ts';
import { ImageError } from '../../../harness/util/errors.ts';

const MIB = 2 ** 20;
export const BULK_BYTES = 50 * MIB;

const PING_TIMEOUT_MS = 30_000;
const BULK_TIMEOUT_MS = 120_000;

/** @returns the milliseconds of one small GET. */
export async function ping(client: Client): Promise<number> {
  const deadline = Deadline.after(PING_TIMEOUT_MS, 'a small answer of the bench service');
  const startedAtMs = performance.now();
  const { statusCode, body } = await client.request({
    method: 'GET',
    path: '/ping',
    signal: deadline.signal(),
  });
  await body.dump();
  requireStatus(statusCode, '/ping');
  return performance.now() - startedAtMs;
}

/** @returns the MiB a second of one large answer. */
export async function download(client: Client): Promise<number> {
  const deadline = Deadline.after(BULK_TIMEOUT_MS, `${BULK_BYTES} bytes from the bench service`);
  const startedAtMs = performance.now();
  const { statusCode, body } = await client.request({
    method: 'GET',
    path: `/down?bytes=${BULK_BYTES}`,
    signal: deadline.signal(),
  });
  let received = 0;
  for await (const chunk of body) received += (chunk as Buffer).length;
  requireStatus(statusCode, '/down');
  requireAll(received, 'sent');
  return rateSince(startedAtMs);
}

/** @returns the MiB a second of one large request. */
export async function upload(client: Client): Promise<number> {
  const deadline = Deadline.after(BULK_TIMEOUT_MS, `the bench service to take ${BULK_BYTES} bytes`);
  const content = Buffer.alloc(BULK_BYTES, '.');
  const startedAtMs = performance.now();
  const { statusCode, headers, body } = await client.request({
    method: 'POST',
    path: '/up',
    body: content,
    signal: deadline.signal(),
  });
  await body.dump();
  const rate = rateSince(startedAtMs);
  requireStatus(statusCode, '/up');
  requireAll(Number(headers['x-received']), 'took');
  return rate;
}

function rateSince(startedAtMs: number): number {
  return BULK_BYTES / MIB / ((performance.now() - startedAtMs) / 1000);
}

function requireStatus(status: number, path: string): void {
  if (status !== 200) throw new ImageError(`The bench service answered ${path} with ${status}, not 200.`);
}

function requireAll(bytes: number, verb: string): void {
  if (bytes !== BULK_BYTES) {
    throw new ImageError(`The bench service ${verb} ${bytes} bytes; it must be ${BULK_BYTES}.`);
  }
}
