import { z } from 'zod';

import { ARCHITECTURES } from '../../util/architecture.ts';

/** Raised whenever a machine that reads the previous format could misunderstand the new one. */
export const LIVEPATCH_FORMAT = 1;

/** Which patches a new one takes the place of: none, or all (klp_patch.replace in the kernel). */
export const REPLACES = ['none', 'all'] as const;

/**
 * What can be wrong with a patch that takes a key to make: it is signed by one that no kernel trusts; or well signed, but for a
 * build of the kernel that does not exist, or without the mark of a live patch.
 */
export const FLAWS = ['other-key', 'other-build', 'no-mark'] as const;
export type Flaw = (typeof FLAWS)[number];

/** A module's name, which is made of it, can have 55 characters (MODULE_NAME_LEN). */
export const livepatchName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be lower-case words and numbers with single hyphens')
  .max(48, 'must have at most 48 characters');

/** What an update repository says of a live patch: the key `livepatch` in the custom metadata of its target. */
export const livepatchSchema = z.strictObject({
  format: z.literal(LIVEPATCH_FORMAT),
  name: livepatchName,
  /** What the kernel calls it, in /sys/module and /sys/kernel/livepatch. */
  module: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: z.string(),
  description: z.string(),
  arch: z.enum(ARCHITECTURES),
  kernel_release: z.string(),
  /** GNU build id of vmlinux, which the running kernel shows in /sys/kernel/notes. */
  kernel_build_id: z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 lower-case hexadecimal digits'),
  replaces: z.enum(REPLACES),
  functions: z.array(z.string()),
  reference: z.string().optional(),
});
export type LivepatchMetadata = z.infer<typeof livepatchSchema>;

/** The contents of `<name>.json`, which lies beside the module that it names. */
export const livepatchManifestSchema = z.strictObject({
  livepatch: livepatchSchema,
  file: z.string().regex(/^[a-z0-9-]+\.ko$/, 'must be a plain file name beside this file'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  sizeBytes: z.int().positive(),
  /** Of the module as a whole; its first word is the kernel release. */
  vermagic: z.string(),
  /** It does harm on purpose, or is wrong on purpose. */
  test: z.boolean(),
  flaw: z.enum(FLAWS).optional(),
});
export type LivepatchManifest = z.infer<typeof livepatchManifestSchema>;
