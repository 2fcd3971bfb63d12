import { z } from 'zod';

const refusal = z.object({ class: z.string(), desc: z.string() });
const answer = z.union([z.object({ error: refusal }), z.object({ return: z.json() })]);

export type AgentRefusal = z.infer<typeof refusal>;
export type AgentAnswer = z.infer<typeof answer>;

/** One line of a guest agent, or undefined if it is no answer: docs/interop/qemu-ga-ref of QEMU. */
export function parseAnswer(line: string): AgentAnswer | undefined {
  try {
    return answer.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
