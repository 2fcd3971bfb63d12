import type { z } from 'zod';

import type { Deadline } from '../../util/deadline.ts';
import type { AgentChannel } from './channel.ts';
import { GuestAgentError } from './errors.ts';

/** Gives a command and checks the shape of what it returns. Throws as `AgentChannel.call`. */
export type Ask = <T>(
  command: string,
  args: object | undefined,
  schema: z.ZodType<T>,
  deadline: Deadline,
) => Promise<T>;

export function askThrough(channel: AgentChannel): Ask {
  return async (command, args, schema, deadline) => {
    const { data, error } = schema.safeParse(await channel.call(command, args, deadline));
    if (data !== undefined) return data;
    const [issue] = error?.issues ?? [];
    const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
    throw new GuestAgentError(command, `it returned another shape than QEMU documents (${reason}).`);
  };
}
