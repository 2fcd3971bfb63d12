import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import { pipeline } from 'node:stream/promises';

import { InfrastructureError, messageOf, UsageError } from '../../util/errors.ts';
import type { FileTree } from '../content.ts';
import { contentBody, textBody, type Body } from './body.ts';
import type { TlsIdentity } from './certificate-authority.ts';
import type { Fault } from './faults.ts';
import type { Gate } from './gate.ts';
import type { LoggedRequest } from './request-log.ts';

interface Rule {
  readonly path: RegExp;
  readonly fault: Fault;
}

/**
 * Serves files over HTTP or HTTPS, on loopback or a unix socket, and fails on demand. What a client asks for is looked up among
 * the given files and never on the host's disk; query strings are recorded and otherwise ignored.
 */
export class FileService implements AsyncDisposable {
  /** May be replaced at any time; answers under way keep what they began with. */
  files: FileTree;
  /** Answers in place of a file, also to methods that files know not. May be replaced at any time; default: lets all in. */
  gate: Gate | undefined;
  /** In the order of their arrival. */
  readonly requests: LoggedRequest[] = [];
  readonly #server: Server;
  readonly #underWay = new Set<Promise<void>>();
  readonly #rules: Rule[] = [];

  private constructor(files: FileTree, identity: TlsIdentity | undefined) {
    this.files = files;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const answering = this.#answer(request, response).finally(() => this.#underWay.delete(answering));
      this.#underWay.add(answering);
    };
    this.#server =
      identity === undefined ? createServer(answer) : createTlsServer(secureContext(identity), answer);
  }

  /**
   * @param socket path of a unix socket; default: a free TCP port of 127.0.0.1.
   * @param identity what it shows as a server of HTTPS; default: it speaks plain HTTP.
   * @throws {InfrastructureError} when it can't listen there.
   */
  static async listen(files: FileTree, socket?: string, identity?: TlsIdentity): Promise<FileService> {
    const service = new FileService(files, identity);
    try {
      service.#server.listen(socket === undefined ? { host: '127.0.0.1', port: 0 } : { path: socket });
      await once(service.#server, 'listening');
    } catch (error) {
      throw new InfrastructureError(`Cannot serve HTTP at ${socket ?? '127.0.0.1'}: ${messageOf(error)}.`, {
        cause: error,
      });
    }
    return service;
  }

  /** Undefined on a unix socket. */
  get port(): number | undefined {
    const address = this.#server.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  /**
   * From now on it shows this to whoever connects.
   *
   * @throws {UsageError} when it doesn't speak HTTPS.
   */
  present(identity: TlsIdentity): void {
    if (!(this.#server instanceof TlsServer))
      throw new UsageError('A service without an identity of its own speaks plain HTTP and shows none.', {
        hint: 'Give it one when it begins: FileService.listen(files, socket, identity).',
      });
    this.#server.setSecureContext(secureContext(identity));
  }

  /**
   * From now on answers to requests for such paths go wrong. Of several faults for one path the newest counts.
   *
   * @returns what lifts the fault.
   */
  inject(path: RegExp, fault: Fault): () => void {
    const rule = { path, fault };
    this.#rules.unshift(rule);
    return () => {
      this.#rules.splice(this.#rules.indexOf(rule), 1);
    };
  }

  /** Breaks all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
    await Promise.all(this.#underWay);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = describe(request);
    this.requests.push(record);
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    try {
      const body = await this.#bodyFor(record, gone.signal);
      record.status = body.status;
      response.writeHead(body.status, {
        ...body.headers,
        ...(body.lengthBytes === undefined ? {} : { 'content-length': body.lengthBytes }),
      });
      if (record.method === 'HEAD') response.end();
      else await pipeline(counting(body.chunks, record), response);
      record.complete = true;
    } catch {
      // Cut by a fault, by the client or by the end of the service: the request log shows it, and no client waits for an answer.
      response.destroy();
    }
  }

  async #bodyFor(request: LoggedRequest, gone: AbortSignal): Promise<Body> {
    const body = await this.#honestBody(request, gone);
    const rule = this.#rules.find((candidate) => candidate.path.test(request.path));
    return rule === undefined ? body : rule.fault(body);
  }

  async #honestBody(request: LoggedRequest, gone: AbortSignal): Promise<Body> {
    const answer = this.gate?.(request);
    if (answer !== undefined) return textBody(answer.status, answer.text, gone, answer.headers);
    const { method, path, headers } = request;
    if (method !== 'GET' && method !== 'HEAD') return textBody(405, 'only GET and HEAD', gone);
    const file = this.files.get(path);
    return file === undefined ? textBody(404, 'no such file', gone) : contentBody(file, headers.range, gone);
  }
}

function secureContext({ certificate, key }: TlsIdentity): { cert: string; key: string } {
  return { cert: certificate, key };
}

function describe(request: IncomingMessage): LoggedRequest {
  const [path = '', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  return {
    method: request.method ?? '',
    path: decode(path.replace(/^\/+/, '')),
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: request.headers,
    status: 0,
    sentBytes: 0,
    complete: false,
  };
}

/** What is not well percent-encoded names no file as it is either. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function* counting(chunks: AsyncIterable<Buffer>, record: LoggedRequest): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    record.sentBytes += chunk.length;
    yield chunk;
  }
}
