import { z } from 'zod';

import { MILESTONES } from '../os/milestones.ts';

/** Clocks give more digits than they know; readers get whole milliseconds. */
export const milliseconds = z.number().nonnegative().overwrite(Math.round);

const bootSchema = z.strictObject({
  /** Since the start of the life: 0, or the time of a reset. */
  startMs: milliseconds,
  /** Since the start of the boot; absent what was not passed, or not seen. */
  marks: z.partialRecord(z.enum(MILESTONES), milliseconds),
});

const findingSchema = z.strictObject({
  /** Such as "panic" or "unit-failed". */
  kind: z.string(),
  severity: z.enum(['note', 'soft-failure', 'failure', 'fatal']),
  /** Equal titles are one finding. */
  title: z.string(),
  /** The message that gave it away. */
  text: z.string(),
  /** Since the start of the life; null for what a fork was seen to have before it was one. */
  atMs: milliseconds.nullable(),
  /** The kernel's report, with lines of source where its symbols are known; of a machine that left evidence. */
  trace: z.array(z.string()).optional(),
});

/** What every life has, whoever tells of it. */
export const lifeShape = {
  /** Null when its end was not seen. */
  durationMs: milliseconds.nullable(),
  /** It began as a copy of another machine. */
  forked: z.boolean(),
  /** The test provoked its failure. */
  failureExpected: z.boolean(),
  /** The first, and one more for each reset; of very many, the first. */
  boots: z.array(bootSchema),
  findings: z.array(findingSchema),
};

/** One run of a machine, from its start to its end. */
export const lifeSchema = z.strictObject({
  vm: z.string(),
  target: z.string(),
  /** Since the start of the run. */
  startMs: milliseconds,
  ...lifeShape,
});

export type LifeRecord = z.infer<typeof lifeSchema>;

/** All boots of some lives, but those that a fork has behind it when it begins. */
export function bootsOf(lives: readonly Pick<LifeRecord, 'forked' | 'boots'>[]): LifeRecord['boots'] {
  return lives.flatMap(({ forked, boots }) => (forked ? boots.slice(1) : boots));
}
