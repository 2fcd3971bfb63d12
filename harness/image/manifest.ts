import { z } from 'zod';

import { CAPABILITIES, type Capability } from '../os/capabilities.ts';
import { ARCHITECTURES } from '../util/architecture.ts';

/** Raised whenever a reader of the previous version could misunderstand the new one. */
export const MANIFEST_VERSION = 1;

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a plain file name beside image.json');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');

const artefact = z.strictObject({ file: fileName, sha256, sizeBytes: z.int().positive() });
const slotImages = z.strictObject({ boot: artefact, root: artefact, hash: artefact });

/** What a capability says of an image can only be tested against these sections. */
const NEEDED_SECTIONS = {
  'verity-root': ['verity'],
  updates: ['update', 'updateRepository'],
} as const satisfies Partial<Record<Capability, readonly string[]>>;

/** The contents of `image.json`, which lies beside the files that it names. */
export const imageManifestSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find this schema.'),
    manifestVersion: z.literal(MANIFEST_VERSION),
    os: z.strictObject({ name: z.string(), version: z.string(), buildId: z.string() }),
    variant: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/),
    arch: z.enum(ARCHITECTURES),
    disks: z
      .array(
        z.strictObject({ role: z.enum(['os', 'data']), format: z.enum(['raw', 'qcow2']), ...artefact.shape }),
      )
      .min(1)
      .describe('Whole GPT disks, in the order in which the machine gets them; the first one is booted.'),
    kernel: z
      .strictObject({
        release: z.string(),
        commandLine: z.string(),
        image: artefact.describe('The bare kernel, for benchmarks of the floor.'),
        floorRoot: artefact
          .optional()
          .describe('A root file system (erofs) whose init says "floor: init" on the console, and rests.'),
      })
      .optional()
      .describe('What boots without a loader start from.'),
    verity: z
      .strictObject({ rootHash: sha256, dataBlockBytes: z.literal(4096) })
      .optional()
      .describe('The dm-verity root hash that the kernel must find; needed for the capability verity-root.'),
    capabilities: z
      .array(z.enum(CAPABILITIES))
      .describe('What the image can be tested for; suites that need more are skipped.'),
    update: slotImages
      .optional()
      .describe(
        'Contents of the BOOT, ROOT and HASH partitions of one slot; needed for the capability updates.',
      ),
    updateRepository: z
      .strictObject({
        images: slotImages.describe(
          'The contents of "update" in lz4 frames; each file is named as the target has to be.',
        ),
        trustedRoot: artefact.describe(
          'The TUF root metadata that the image trusts. The private keys are found by it; see images/README.md.',
        ),
      })
      .optional()
      .describe('What it takes to offer this image as an update.'),
    inventory: artefact.optional().describe('What is in the image, as SPDX.'),
  })
  .superRefine(({ capabilities, ...sections }, context) => {
    for (const [capability, needed] of Object.entries(NEEDED_SECTIONS)) {
      if (!capabilities.includes(capability as Capability)) continue;
      for (const section of needed.filter((name) => sections[name] === undefined)) {
        const message = `claims "${capability}", which can't be tested without the section "${section}": add it, or leave the capability out`;
        context.addIssue({ code: 'custom', path: ['capabilities'], message });
      }
    }
  })
  .describe("An image for Hotfire: image.json, which lies beside the image's files.");

export type ImageManifest = z.infer<typeof imageManifestSchema>;
