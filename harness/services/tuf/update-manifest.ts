import { z } from 'zod';

import { UsageError } from '../../util/errors.ts';
import { targetOf, type Target } from './target.ts';

/** A machine's own seed is below; the last wave may end with it (upstream's update_metadata, MAX_SEED). */
const MAX_SEED = 2048;

const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be of the form 1.2.3');
const seed = z.string().refine((text) => /^(0|[1-9]\d*)$/.test(text) && Number(text) <= MAX_SEED, {
  error: `must be a whole number from 0 to ${MAX_SEED}`,
});

/** The target `manifest.json`: which updates a repository has for whom (Bottlerocket's update_metadata). */
const updateManifestSchema = z.strictObject({
  updates: z.array(
    z.strictObject({
      variant: z.string(),
      arch: z.string(),
      version,
      /** The newest version that a machine of this variant should have; a newer one is pulled back. */
      max_version: version,
      /** First seed of a wave → when the wave starts, with UTC offset. None: everybody at once. */
      waves: z.record(seed, z.iso.datetime({ offset: true })),
      /** Names of targets. */
      images: z.strictObject({ boot: z.string(), root: z.string(), hash: z.string() }),
    }),
  ),
  /** `(from, to)` → names of targets, in the order in which they run. */
  migrations: z.record(z.string().regex(/^\(\d+\.\d+\.\d+, \d+\.\d+\.\d+\)$/), z.array(z.string())),
});
export type UpdateManifest = z.infer<typeof updateManifestSchema>;

const MANIFEST_TARGET = 'manifest.json';

/**
 * The target of a manifest that keeps to the contract; one that doesn't is made by `targetOf`.
 *
 * @throws {UsageError} that names every wrong field.
 */
export function manifestTarget(manifest: UpdateManifest): Target {
  const checked = updateManifestSchema.safeParse(manifest);
  if (checked.success) return targetOf(MANIFEST_TARGET, Buffer.from(JSON.stringify(checked.data)));
  throw new UsageError(`This is no manifest of updates:\n${z.prettifyError(checked.error)}`);
}
