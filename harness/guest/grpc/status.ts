import type { IncomingHttpHeaders } from 'node:http2';

import { GrpcError, GrpcProtocolError } from './errors.ts';

/** In the order of their numbers: "Status codes and their use in gRPC". */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
export type GrpcCode = (typeof CODES)[number];

/** @throws {GrpcProtocolError} unless an answer begins as one of gRPC does. */
export function checkResponse({ ':status': status, 'content-type': type = '' }: IncomingHttpHeaders): void {
  if (Number(status) === 200 && type.startsWith('application/grpc')) return;
  throw new GrpcProtocolError(`the answer is HTTP ${String(status)} of type "${type}", not gRPC`);
}

/**
 * Looks at the end of an answer.
 *
 * @throws {GrpcError} for any status but OK. @throws {GrpcProtocolError} when there is none.
 */
export function checkStatus(method: string, trailers: IncomingHttpHeaders): void {
  const { 'grpc-status': status, 'grpc-message': message = '' } = trailers;
  if (status === '0') return;
  if (typeof status !== 'string') throw new GrpcProtocolError('the answer ended without a status');
  // Numbers that nobody knows mean UNKNOWN, says the protocol.
  throw new GrpcError(method, CODES[Number(status)] ?? 'UNKNOWN', decodeMessage(String(message)));
}

/** Percent-encoded UTF-8; what is wrongly encoded stays as it came. */
function decodeMessage(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
