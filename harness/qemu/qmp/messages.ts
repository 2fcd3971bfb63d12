import { z } from 'zod';

/** The four kinds of line that a QMP server sends: docs/interop/qmp-spec.txt of QEMU. Unknown members are let pass. */
const greeting = z.object({
  QMP: z.object({
    version: z.object({ qemu: z.object({ major: z.int(), minor: z.int(), micro: z.int() }) }),
  }),
});
const reply = z.object({ id: z.int(), return: z.unknown() });
/** A line that QEMU could not parse is refused without an id. */
const refusal = z.object({
  id: z.int().optional(),
  error: z.object({ class: z.string(), desc: z.string() }),
});
const event = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()).default({}),
  timestamp: z.object({ seconds: z.number(), microseconds: z.number() }),
});

export type QmpRefusal = z.infer<typeof refusal>;

export interface QmpEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The host's wall clock when QEMU raised it; -1 s where QEMU does not know it. */
  readonly atMs: number;
}

export type QmpMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly refusal: QmpRefusal }
  | { readonly kind: 'event'; readonly event: QmpEvent };

/** One line of a QMP server, or undefined if it is none of the protocol's messages. */
export function parseQmpMessage(line: string): QmpMessage | undefined {
  const value = parseJson(line);
  if (greeting.safeParse(value).success) return { kind: 'greeting' };
  const refused = refusal.safeParse(value);
  if (refused.success) return { kind: 'refusal', refusal: refused.data };
  const replied = reply.safeParse(value);
  if (replied.success) return { kind: 'reply', id: replied.data.id, value: replied.data.return };
  const raised = event.safeParse(value);
  if (!raised.success) return undefined;
  const { event: name, data, timestamp } = raised.data;
  return {
    kind: 'event',
    event: { name, data, atMs: timestamp.seconds * 1000 + timestamp.microseconds / 1000 },
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
