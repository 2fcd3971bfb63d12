import type { ApiRequest } from '../../guest/http/transport.ts';
import type { Deadline } from '../../util/deadline.ts';

export interface CallOptions {
  /** Default: ten seconds, more where guests are slower. */
  readonly deadline?: Deadline | undefined;
}

export interface TransactionOptions extends CallOptions {
  /** The contract's default is the transaction called "default". */
  readonly tx?: string;
}

export type Query = NonNullable<ApiRequest['query']>;

/** A call without its deadline. */
export type Call = Omit<ApiRequest, 'deadline' | 'query'> & { readonly query?: Query };

/** Called before a request for what not every image has; throws to prevent it. */
export type RequireReport = (
  capability: 'report.boot-time' | 'report.host-containers' | 'report.last-boot' | 'report.system',
) => void;
