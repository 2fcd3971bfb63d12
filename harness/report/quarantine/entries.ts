import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { ARCHITECTURES } from '../../util/architecture.ts';
import { readToml } from '../../util/files/toml.ts';

export const QUARANTINE_FILE = 'ci/quarantine.toml';

const entrySchema = z.strictObject({
  /** File and promise, as reports have them: "boot/verity: a flipped bit in the active root is never read". */
  test: z
    .string()
    .regex(/^[^:\s]+\/[^:\s]+: \S/, 'must be FILE: PROMISE, such as "boot/verity: a flipped bit …"'),
  variant: z.string().min(1),
  architecture: z.enum(ARCHITECTURES),
  /** Where the failure is tracked. */
  issue: z.string().min(1, 'must say where the failure is tracked'),
  owner: z.string().min(1, 'must say who sees to it'),
  expires: z.iso.date('must be the last day that it holds, in quotes, such as "2026-12-24"'),
});

const fileSchema = z.strictObject({ quarantined: z.array(entrySchema).default([]) });

/** A test that may fail on a target until a day. */
export type QuarantineEntry = z.infer<typeof entrySchema>;

/**
 * @param root the checkout. Without the file there is no entry.
 * @throws {UsageError} that gives file, line and column of the first fault.
 */
export async function readQuarantine(root: string): Promise<readonly QuarantineEntry[]> {
  const path = join(root, QUARANTINE_FILE);
  return existsSync(path) ? (await readToml(path, fileSchema)).quarantined : [];
}
