import { z } from 'zod';

/** In the machine's directory, while it can be controlled. */
export const CONTROL_SOCKET = 'control.sock';

/** A request is a line of JSON, and so is its answer. */
export const MAX_REQUEST_BYTES = 2 ** 20;
export const MAX_ANSWER_BYTES = 48 * 2 ** 20;

const word = z.string().max(32 * 1024);

const requestSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('about') }),
  z.strictObject({ op: z.literal('stop') }),
  z.strictObject({ op: z.literal('power-cut') }),
  z.strictObject({
    op: z.literal('api'),
    method: z.enum(['GET', 'PATCH', 'POST', 'PUT', 'DELETE']),
    path: word.regex(/^\/[\x21-\x7e]*$/, 'must begin with / and be printable ASCII without blanks'),
    body: z.string().optional(),
  }),
  z.strictObject({
    op: z.literal('exec'),
    argv: z.array(word).min(1).max(1000),
    /** Default: no container, but the system itself, by QEMU's guest agent or a login on the console. */
    container: word.optional(),
  }),
  z.strictObject({ op: z.literal('screenshot') }),
  z.strictObject({ op: z.literal('checkpoint') }),
  z.strictObject({ op: z.literal('fork') }),
]);

export type ControlRequest = z.infer<typeof requestSchema>;
export type Operation = ControlRequest['op'];
export type RequestOf<Op extends Operation> = Extract<ControlRequest, { op: Op }>;

const nothing = z.strictObject({});
const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** What an operation answers when it succeeds. */
export const RESULTS = {
  about: z.strictObject({
    image: z.string(),
    arch: z.string(),
    /** QEMU's own word, such as "running" or "paused". */
    status: z.string(),
    /** What a person can type to reach it. */
    uses: z.array(z.string()),
  }),
  stop: nothing,
  'power-cut': nothing,
  api: z.strictObject({ status: z.int(), body: bytes }),
  exec: z.strictObject({ exitCode: z.int(), output: z.string(), errors: z.string() }),
  /** A PNG. */
  screenshot: z.strictObject({ png: bytes }),
  /** How many there are now. Forks are made from the last one. */
  checkpoint: z.strictObject({ taken: z.int() }),
  /** The name of the machine that was made. */
  fork: z.strictObject({ name: z.string() }),
} as const satisfies Record<Operation, z.ZodType>;

/** As it travels: bytes are base64. */
export type Answered<Op extends Operation> = z.input<(typeof RESULTS)[Op]>;
/** As it arrives. */
export type ResultOf<Op extends Operation> = z.output<(typeof RESULTS)[Op]>;

export const answerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), message: z.string(), exitCode: z.int() }),
]);
export type ControlAnswer = z.infer<typeof answerSchema>;

/** @throws {SyntaxError} for a line that is no JSON; {z.ZodError} for one that is no request. */
export function parseRequest(line: string): ControlRequest {
  return requestSchema.parse(JSON.parse(line));
}
