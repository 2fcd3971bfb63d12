import { ImageError } from '../../util/errors.ts';

const SHOWN_BODY_CHARACTERS = 2000;

/** The host API answered, and not with success. `body` is the contract's plain-text error message. */
export class GuestApiError extends ImageError {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: string;

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} answered ${status}: ${body.slice(0, SHOWN_BODY_CHARACTERS)}`);
    this.method = method;
    this.path = path;
    this.status = status;
    this.body = body;
  }
}

/** The host API's answer was a success of another shape than the contract says. */
export class GuestApiShapeError extends ImageError {}

/** A call got no answer: the guest was reset, its API server died, or the machine is gone. See `cause`. */
export class GuestConnectionError extends ImageError {
  readonly method: string;
  readonly path: string;

  constructor(method: string, path: string, cause: unknown) {
    super(`${method} ${path} got no answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.method = method;
    this.path = path;
  }
}
