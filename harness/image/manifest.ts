import { z } from 'zod';

import { CAPABILITIES } from '../os/capabilities.ts';
import { ARCHITECTURES } from '../util/architecture.ts';

/** Raised whenever a reader of the previous version could misunderstand the new one. */
export const MANIFEST_VERSION = 1;

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a plain file name beside image.json');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');

const artefact = z.strictObject({ file: fileName, sha256, sizeBytes: z.int().positive() });

/** The contents of `image.json`, which lies beside the files that it names. */
export const imageManifestSchema = z.strictObject({
  manifestVersion: z.literal(MANIFEST_VERSION),
  os: z.strictObject({ name: z.string(), version: z.string(), buildId: z.string() }),
  variant: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/),
  arch: z.enum(ARCHITECTURES),
  /** Whole GPT disks in raw form, in the order in which the machine gets them. */
  disks: z
    .array(z.strictObject({ role: z.enum(['os', 'data']), format: z.literal('raw'), ...artefact.shape }))
    .min(1),
  kernel: z.strictObject({
    release: z.string(),
    commandLine: z.string(),
    /** The bare kernel, for benchmarks of the floor. */
    image: artefact,
    /** A root file system (erofs) whose init says `floor: init` on the console, and rests. */
    floorRoot: artefact.optional(),
  }),
  verity: z.strictObject({ rootHash: sha256, dataBlockBytes: z.literal(4096) }),
  capabilities: z.array(z.enum(CAPABILITIES)),
  /** Contents of the BOOT, ROOT and HASH partitions of one slot. */
  update: z.strictObject({ boot: artefact, root: artefact, hash: artefact }),
  /** What it takes to offer this image as an update, and to sign for machines that run it. */
  updateRepository: z
    .strictObject({
      /** The contents of `update` in lz4 frames; the file is named as the target has to be. */
      images: z.strictObject({ boot: artefact, root: artefact, hash: artefact }),
      /** The TUF root metadata that the image trusts. */
      trustedRoot: artefact,
      /** Private keys that it trusts, to be read by services/tuf. */
      keys: artefact,
    })
    .optional(),
  inventory: artefact,
});

export type ImageManifest = z.infer<typeof imageManifestSchema>;
