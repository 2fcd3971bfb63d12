import { z } from 'zod';

import { lifeShape } from './life.ts';
import { memorySchema } from './schema.ts';

const scope = {
  /** Milliseconds since the epoch. */
  at: z.number(),
  target: z.string(),
  /** From 1; greater with --repeat. */
  repetition: z.number(),
  /** Of the suite, relative to the folder of suites. */
  file: z.string(),
  /** Vitest's identifier of the test; null for what happens between tests. */
  test: z.string().nullable(),
};

const heldSchema = z.strictObject({
  /** As `npm run vm -- list` shows it. */
  name: z.string(),
  controlSocket: z.string(),
  /** What a person can type in another terminal to reach it. */
  uses: z.array(z.string()),
});
export type HeldMachine = z.infer<typeof heldSchema>;

/**
 * What a worker reports while its tests run. Vitest has no channel for what happens in hooks, so workers append these
 * to `events.jsonl` in the report, one per line, and the main process reads along.
 */
const runEventSchema = z.discriminatedUnion('kind', [
  // Vitest reports it late, at times only when the test has ended.
  z.strictObject({ kind: z.literal('test-started'), ...scope, name: z.string() }),
  z.strictObject({ kind: z.literal('step-started'), ...scope, step: z.string(), name: z.string() }),
  z.strictObject({
    kind: z.literal('step-ended'),
    ...scope,
    step: z.string(),
    durationMs: z.number(),
    error: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('progress'),
    ...scope,
    /** The machine that it is about, if it is about one. */
    vm: z.string().optional(),
    text: z.string(),
  }),
  z.strictObject({ kind: z.literal('notice'), ...scope, text: z.string() }),
  /** What can't be done with this image or on this host: as true for the rest of the run, and shown once. */
  z.strictObject({ kind: z.literal('limitation'), ...scope, text: z.string() }),
  z.strictObject({ kind: z.literal('console'), ...scope, vm: z.string(), line: z.string() }),
  z.strictObject({
    kind: z.literal('measurement'),
    ...scope,
    name: z.string(),
    unit: z.string(),
    samples: z.array(z.number()),
  }),
  z.strictObject({ kind: z.literal('vm-used'), ...scope, vm: z.string() }),
  z.strictObject({
    kind: z.literal('vm-evidence'),
    ...scope,
    vm: z.string(),
    directory: z.string(),
    files: z.array(z.string()),
    consoleTail: z.array(z.string()),
    memory: memorySchema.optional(),
  }),
  /** The machines of a failed test run on until the user lets them go. Its result comes after that. */
  z.strictObject({
    kind: z.literal('held'),
    ...scope,
    name: z.string(),
    errors: z.array(z.string()),
    machines: z.array(heldSchema).min(1),
  }),
  z.strictObject({ kind: z.literal('released'), ...scope }),
  /** All that is known of it, so that a later event takes the place of an earlier one. */
  z.strictObject({
    kind: z.literal('vm-lived'),
    ...scope,
    vm: z.string(),
    lives: z.array(
      z.strictObject({
        /** Milliseconds since the epoch. */
        startedAt: z.number(),
        ...lifeShape,
      }),
    ),
  }),
  z.strictObject({ kind: z.literal('exhaustive-used'), ...scope }),
]);

export type RunEvent = z.infer<typeof runEventSchema>;
type Scope = Pick<RunEvent, 'at' | 'target' | 'repetition' | 'file' | 'test'>;
type WithoutScope<Event> = Event extends RunEvent ? Omit<Event, keyof Scope> : never;
/** An event as its source knows it; where and when it happened is added by the one who writes it. */
export type EventBody = WithoutScope<RunEvent>;

export const EVENTS_FILE = 'events.jsonl';

export function encodeEvent(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** @throws {z.ZodError} for a line that is no event. */
export function decodeEvent(line: string): RunEvent {
  return runEventSchema.parse(JSON.parse(line));
}
