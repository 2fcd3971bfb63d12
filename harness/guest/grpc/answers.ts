import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';

import { GrpcProtocolError } from './errors.ts';
import { MessageSplitter } from './framing.ts';
import { checkResponse, checkStatus } from './status.ts';

/**
 * The messages that come through a stream of HTTP/2, until its end.
 *
 * @throws {GrpcError} for a status that is not OK. @throws {GrpcProtocolError} for what is no gRPC.
 * @throws {Error} of the stream.
 */
export async function* answersOf(stream: ClientHttp2Stream, method: string): AsyncGenerator<Buffer> {
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders | undefined;
  stream.on('response', (received) => {
    headers = received;
  });
  stream.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  const splitter = new MessageSplitter();
  for await (const chunk of stream) yield* splitter.push(chunk as Buffer);
  checkResponse(headers);
  // An answer without messages has its status in the only headers that it has.
  checkStatus(method, trailers ?? headers);
  if (splitter.isTorn) throw new GrpcProtocolError('the last message is cut off');
}
