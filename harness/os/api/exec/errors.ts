import { ImageError } from '../../../util/errors.ts';

/** A command in a container did not come to its end: it was refused, or its session broke. */
export class ExecError extends ImageError {
  /** Of the WebSocket's end (RFC 6455, section 7.4); 1006 where the connection broke. */
  readonly code: number;
  /** The guest's words. */
  readonly reason: string;

  constructor(command: string, code: number, reason: string) {
    super(`${command} was not run to its end: ${reason === '' ? 'the connection broke' : reason} (${code})`);
    this.code = code;
    this.reason = reason;
  }
}
