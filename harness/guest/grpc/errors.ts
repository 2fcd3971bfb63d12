import { ImageError, messageOf } from '../../util/errors.ts';
import type { GrpcCode } from './status.ts';

const SHOWN_CHARACTERS = 2000;

/** A server answered a call with another status than OK. */
export class GrpcError extends ImageError {
  /** Without its service, such as `PullImage`. */
  readonly method: string;
  readonly code: GrpcCode;
  /** The server's own words. */
  readonly details: string;

  constructor(method: string, code: GrpcCode, details: string) {
    super(`${method} failed: ${code}: ${details.slice(0, SHOWN_CHARACTERS)}`);
    this.method = method;
    this.code = code;
    this.details = details;
  }
}

/** A call got no whole answer: the guest was reset, its server died, or the machine is gone. See `cause`. */
export class GrpcConnectionError extends ImageError {
  readonly method: string;

  constructor(method: string, cause: unknown) {
    super(`${method} got no answer: ${messageOf(cause)}`, { cause });
    this.method = method;
  }
}

/** What came is no gRPC. */
export class GrpcProtocolError extends Error {}
