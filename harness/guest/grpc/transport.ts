import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';

import type { Deadline } from '../../util/deadline.ts';
import { WaitTimeoutError } from '../../util/errors.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { answersOf } from './answers.ts';
import { GrpcConnectionError, GrpcError, GrpcProtocolError } from './errors.ts';
import { frameMessage } from './framing.ts';

/** A call of one method, with its request encoded. */
export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly request: Uint8Array;
  readonly deadline: Deadline;
}

/**
 * gRPC with one service of the guest, over one stream of the bridge, which is opened again when it has failed. It is Node's
 * HTTP/2 with frames of five bytes, because grpc-js can only connect to an address and this is a stream.
 */
export class GrpcTransport implements AsyncDisposable {
  readonly #bridge: Bridge;
  readonly #service: string;
  #session: ClientHttp2Session | undefined;

  constructor(bridge: Bridge, service: string) {
    this.#bridge = bridge;
    this.#service = service;
  }

  /**
   * The one answer to a call; waits for the guest to be ready first. A call that is late is cancelled.
   *
   * @throws {GrpcError} @throws {GrpcConnectionError} @throws {WaitTimeoutError} @throws {BridgeLostError}
   */
  async unary(call: GrpcCall): Promise<Buffer> {
    const method = methodOf(call.path);
    const answers: Buffer[] = [];
    for await (const answer of this.stream(call)) answers.push(answer);
    const [answer] = answers;
    if (answer !== undefined && answers.length === 1) return answer;
    throw new GrpcConnectionError(method, new GrpcProtocolError(`${answers.length} messages came, not one`));
  }

  /**
   * The answers to a call, as they come, until the server ends them or the reader does. Errors as `unary`.
   *
   * @param call.deadline until the last answer has come.
   */
  async *stream({ path, request, deadline }: GrpcCall): AsyncGenerator<Buffer> {
    const method = methodOf(path);
    await this.#bridge.ready(deadline);
    const stream = begin(this.#connect(), path, request);
    const answers = answersOf(stream, method);
    try {
      for (;;) {
        const next = await deadline.race(answers.next(), () => `${method} sent, no whole answer yet`);
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      throw isVerdict(error) ? error : new GrpcConnectionError(method, error);
    } finally {
      stream.close(constants.NGHTTP2_CANCEL);
    }
  }

  #connect(): ClientHttp2Session {
    if (this.#session !== undefined) return this.#session;
    const stream = this.#bridge.open(this.#service);
    const session = connect('http://localhost', { createConnection: () => stream });
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    // The calls that it ends say why.
    session.on('error', () => undefined);
    session.on('goaway', forget);
    session.on('close', forget);
    this.#session = session;
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const closed = once(session, 'close');
    session.destroy();
    await closed;
  }
}

function begin(session: ClientHttp2Session, path: string, request: Uint8Array): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  // Who reads the answers gets it; after that nobody is interested.
  stream.on('error', () => undefined);
  stream.end(frameMessage(request));
  return stream;
}

/** Says by itself how the call ended; anything else is only why it broke off. */
function isVerdict(error: unknown): boolean {
  return error instanceof GrpcError || error instanceof WaitTimeoutError;
}

function methodOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
