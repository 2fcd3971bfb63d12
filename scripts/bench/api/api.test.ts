import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { Client } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';

import { BULK_BYTES, download, ping, upload } from './exchange.ts';
import { renderApi } from './render.ts';
import { compareTransports, type TransportSamples } from './result.ts';

describe('compareTransports', () => {
  const samples = (factor: number): TransportSamples => ({
    roundTripsMs: Array.from({ length: 101 }, (_, index) => index * factor),
    downMibPerS: [80 / factor, 100 / factor, 120 / factor],
    upMibPerS: [50 / factor],
  });
  const result = compareTransports({ 'virtio-serial': samples(2), slirp: samples(1) });

  it('takes the percentiles over all requests, and the median of the rates', () => {
    expect(result.transports.slirp.roundTripMs).toEqual({ count: 101, p50: 50, p99: 99 });
    expect(result.transports.slirp.downMibPerS).toMatchObject({ count: 3, median: 100, min: 80, max: 120 });
  });

  it('divides virtio-serial by slirp', () => {
    expect(result.ratio).toEqual({ p50: 2, p99: 2, down: 0.5, up: 0.5 });
  });

  it('shows both transports in one table', () => {
    const target = { name: 'metal-x/x86_64', accelerator: { name: 'tcg' } } as never;
    expect(renderApi(target, result)).toBe(
      [
        'api of metal-x/x86_64 under tcg: 101 small GETs, bodies of 50 MiB (medians)',
        '',
        '               p50 ms  p99 ms  down MiB/s  up MiB/s',
        'virtio-serial  100.00  198.00        50.0      25.0',
        'slirp           50.00   99.00       100.0      50.0',
        'ratio           2.00x   2.00x       0.50x     0.50x',
        '',
      ].join('\n'),
    );
  });
});

describe('an exchange', () => {
  async function clientOf(listener: RequestListener): Promise<Client> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(async () => {
      await client.destroy();
      server.close();
    });
    return client;
  }

  it('is timed when all of it went through', async () => {
    const client = await clientOf((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => {
        response.setHeader('x-received', bytes);
        response.end(request.url?.startsWith('/down') === true ? Buffer.alloc(BULK_BYTES) : '');
      });
    });
    expect(await ping(client)).toBeGreaterThan(0);
    expect(await download(client)).toBeGreaterThan(0);
    expect(await upload(client)).toBeGreaterThan(0);
  });

  it('counts for nothing when the service answers something else', async () => {
    const missing = await clientOf((_request, response) => response.writeHead(404).end());
    await expect(ping(missing)).rejects.toThrow('answered /ping with 404, not 200');
    const short = await clientOf((request, response) => {
      request.resume().on('end', () => response.setHeader('x-received', 7).end('short'));
    });
    await expect(download(short)).rejects.toThrow(`sent 5 bytes; it must be ${BULK_BYTES}`);
    await expect(upload(short)).rejects.toThrow(`took 7 bytes; it must be ${BULK_BYTES}`);
  });
});
