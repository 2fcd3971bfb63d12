import type { IncomingHttpHeaders } from 'node:http';

import { Pool, type Dispatcher } from 'undici';

import type { Deadline } from '../../util/deadline.ts';
import { GuestApiShapeError, GuestConnectionError } from './errors.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { httpConnector } from './connector.ts';

/** The longest answers of the contract are reports and settings; a guest must not fill the harness's memory. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_CONNECTIONS = 8;

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Strings and bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly deadline: Deadline;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
  /** @throws {GuestApiShapeError} */
  json(): unknown;
}

/** HTTP/1.1 with one service of the guest, over streams of the bridge that are kept alive. */
export class ApiTransport implements AsyncDisposable {
  readonly #bridge: Bridge;
  readonly #pool: Pool;

  constructor(bridge: Bridge, service = 'api') {
    this.#bridge = bridge;
    this.#pool = new Pool('http://guest', {
      connections: MAX_CONNECTIONS,
      // The request's own deadline rules.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MAX_BODY_BYTES,
      connect: httpConnector(bridge, service),
    });
  }

  /**
   * Answers of any status; waits for the guest to be ready first.
   *
   * @throws {GuestConnectionError} @throws {WaitTimeoutError} @throws {BridgeLostError}
   */
  async request(request: ApiRequest): Promise<ApiResponse> {
    const { method, path, deadline } = request;
    await this.#bridge.ready(deadline);
    const abandoned = new AbortController();
    const answer = this.#send(request, abandoned.signal);
    try {
      return await deadline.race(answer, () => `${method} ${path} sent, no whole answer yet`);
    } finally {
      abandoned.abort();
    }
  }

  async #send({ method, path, query, body }: ApiRequest, signal: AbortSignal): Promise<ApiResponse> {
    try {
      const given = Object.entries(query ?? {}).filter((entry) => entry[1] !== undefined);
      const answer = await this.#pool.request({
        method,
        path,
        query: Object.fromEntries(given),
        signal,
        ...encodeBody(body),
      });
      const received = Buffer.from(await answer.body.arrayBuffer());
      const text = received.toString('utf8');
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: received,
        text,
        json: () => parseJson(text, `${method} ${path}`),
      };
    } catch (error) {
      throw new GuestConnectionError(method, path, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}

function encodeBody(body: unknown): Pick<Dispatcher.RequestOptions, 'body' | 'headers'> {
  if (body === undefined) return {};
  if (typeof body === 'string' || body instanceof Uint8Array) return { body };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GuestApiShapeError(`${what} answered what is no JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}
