import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { MAGIC } from '../wire/magic.ts';

const BLOCK_BYTES = 64 * 1024;

/** Bytes that belong to one request alone, and in which the magic is common: a stale or lost one shows. */
export function labelledBytes(label: string, length: number): Buffer {
  const seed = createHash('sha512').update(label).digest();
  const unit = Buffer.concat([
    ...Array<Buffer>(99).fill(seed),
    MAGIC,
    seed.subarray(0, 7),
    MAGIC.subarray(0, 9),
  ]);
  return Buffer.alloc(length, unit);
}

/** An HTTP service on a unix socket whose every answer names its request. */
export class GuestService implements AsyncDisposable {
  readonly path: string;
  #server: Server;

  private constructor(path: string) {
    this.path = path;
    this.#server = createServer(answer);
  }

  static async listen(path: string): Promise<GuestService> {
    const service = new GuestService(path);
    await service.#listen();
    return service;
  }

  async #listen(): Promise<void> {
    await rm(this.path, { force: true });
    this.#server.listen(this.path);
    await once(this.#server, 'listening');
  }

  /** Ends all connections in the midst of what they do. */
  async kill(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async restart(): Promise<void> {
    await this.kill();
    this.#server = createServer(answer);
    await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** `GET /bytes?label=L&length=N`: labelled bytes. `GET /endless?label=L`: no end. `PUT /digest`: the body's SHA-256. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://guest');
  const label = url.searchParams.get('label') ?? '';
  if (url.pathname === '/bytes') {
    response.end(labelledBytes(label, Number(url.searchParams.get('length'))));
  } else if (url.pathname === '/endless') {
    void writeForever(response, labelledBytes(label, BLOCK_BYTES));
  } else {
    const digest = createHash('sha256');
    request.on('data', (bytes: Buffer) => digest.update(bytes));
    request.on('end', () => response.end(digest.digest('hex')));
  }
}

async function writeForever(response: ServerResponse, block: Buffer): Promise<void> {
  while (!response.destroyed) {
    if (!response.write(block)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
}
