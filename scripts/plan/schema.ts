import { z } from 'zod';

import { UsageError } from '../../harness/util/errors.ts';
import { readRegularFile } from '../../harness/util/files/regular-file.ts';
import { messageOf } from '../../harness/util/errors.ts';

/** Raised whenever a reader of the previous version could misunderstand the new one. */
export const PLAN_VERSION = 2;

const cellSchema = z.strictObject({
  /** As reports name it: "metal-containerd/x86_64". */
  target: z.string(),
  /** As reports name it: "boot/verity.suite.ts". */
  file: z.string(),
  /** What chooses the target in `npm test`, as a shell takes it. */
  flags: z.string(),
  estimateMs: z.number().nonnegative(),
  /** Recorded for this cell; for the same file on another target; or not at all. */
  basis: z.enum(['recorded', 'other-target', 'default']),
});

const planSchema = z.strictObject({
  planVersion: z.literal(PLAN_VERSION),
  kind: z.string(),
  /** Commands that one machine runs, once. */
  gates: z.array(z.string()),
  shards: z.array(
    z.strictObject({
      /** From 1. */
      index: z.int().positive(),
      /** Of its cells and the preparation of their targets, as if one ran after the other. */
      estimateMs: z.number().nonnegative(),
      cells: z.array(cellSchema),
      /** What builds its images, or finds them in the cache: they can fail before a test, and be kept after one. */
      images: z.array(z.string()),
      /** What runs it, in a POSIX shell at the top of a checkout; one after the other. */
      commands: z.array(z.string()),
      /** The directory below which its commands put their reports; relative to the checkout. */
      reports: z.string(),
    }),
  ),
  /** Suite files that have no test for a target. */
  omissions: z.array(z.strictObject({ target: z.string(), file: z.string(), reason: z.string() })),
});

export type Plan = z.infer<typeof planSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type Omission = Plan['omissions'][number];

/**
 * What `npm run plan -- --json` wrote.
 *
 * @throws {UsageError} for a file that is not there or is no plan.
 */
export async function readPlan(path: string): Promise<Plan> {
  const hint = 'Write one with: npm run --silent plan -- --json > plan.json';
  try {
    return planSchema.parse(JSON.parse((await readRegularFile(path)).toString('utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new UsageError(`${path} is no plan of version ${PLAN_VERSION}: ${reason}`, { cause: error, hint });
  }
}
