import { z } from 'zod';

import { ARCHITECTURES } from '../../harness/util/architecture.ts';
import { readToml } from '../../harness/util/files/toml.ts';

const names = z.array(z.string().min(1)).min(1);

const testsSchema = z
  .strictObject({
    variants: names.optional(),
    /** An example's disk instead of a variant, such as "debian". */
    example: z.string().optional(),
    /** With an example: its profile, relative to the checkout. */
    profile: z.string().optional(),
    architectures: z.array(z.enum(ARCHITECTURES)).min(1).optional(),
    /** As --suite takes them: suites, and files such as "boot/verity". */
    suites: names.optional(),
    /** As --suites takes it: a directory with other suites than Hotfire's, relative to the checkout. */
    own_suites: z.string().optional(),
    /** As --exhaustive: every state, boot and container, not a sample. */
    exhaustive: z.boolean().optional(),
  })
  .refine(({ example, variants }) => example === undefined || variants === undefined, {
    message: 'example and variants exclude each other',
  })
  .refine(({ example, profile }) => example !== undefined || profile === undefined, {
    message: 'profile goes with an example',
  });

const kindSchema = z.strictObject({
  gates: z.array(z.string()).default([]),
  /** Of Hotfire's suites, what none of its tests have; names as in `suites`. */
  without: names.default([]),
  tests: z.array(testsSchema).min(1),
});

const contentSchema = z.record(
  z.string().regex(/^[a-z][a-z-]*$/, 'must be lower-case words with hyphens'),
  kindSchema,
);

/** Some tests that a kind of run consists of. What is left out stands for all there are. */
export type PlannedTests = z.infer<typeof testsSchema>;

export type KindContent = z.infer<typeof kindSchema>;

/** Kind of run → what it consists of. */
type PlanContent = z.infer<typeof contentSchema>;

/** @throws {UsageError} for a file that can't be read, or is wrong. */
export function readPlanContent(path: string): Promise<PlanContent> {
  return readToml(path, contentSchema);
}
