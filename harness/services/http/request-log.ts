import type { IncomingHttpHeaders } from 'node:http';

/** One request that a service got. */
export interface LoggedRequest {
  readonly method: string;
  /** Without a leading slash, decoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** 0 while there is no answer. */
  status: number;
  /** Of the body, as handed to the network. */
  sentBytes: number;
  /** Whether the answer went out to its end. */
  complete: boolean;
}
