import type { z } from 'zod';

import type { ApiResponse } from '../../guest/http/transport.ts';
import type { Deadline } from '../../util/deadline.ts';
import type { Call } from './call.ts';

/** How a part of the host API's client makes its calls. */
export interface Caller {
  readonly fetch: <T>(schema: z.ZodType<T>, call: Call, deadline: Deadline | undefined) => Promise<T>;
  readonly succeed: (call: Call, deadline: Deadline | undefined) => Promise<ApiResponse>;
  /** A deadline of its own for a wait, scaled as all are. */
  readonly within: (timeoutMs: number, what: string) => Deadline;
}
