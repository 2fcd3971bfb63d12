import { z } from 'zod';

/** Only what registries must have; other algorithms are allowed by the specification and used by nobody. */
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower-case hexadecimal digits');

const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export const layoutSchema = z.object({ imageLayoutVersion: z.literal('1.0.0') });
export const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor) });
export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor),
});
