import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { z } from 'zod';

import { CAPABILITIES } from '../../../harness/os/capabilities.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { readToml } from '../../../harness/util/files/toml.ts';
import { rootContentsSchema } from './root-contents.ts';

export const DEFAULT_VARIANT = 'metal-containerd';

const VARIANTS_DIRECTORY = join(import.meta.dirname, '../../variants');

const part = z.string().regex(/^[a-z0-9]+$/, 'must be lower-case letters and digits');

const variantSchema = z.strictObject({
  platform: part,
  runtime: part,
  flavor: part.optional(),
  /** What suites may ask of the image; see harness/image/manifest.ts. */
  capabilities: z.array(z.enum(CAPABILITIES)),
  /** Added to what images/kernel/command-line.toml gives to all. */
  kernel_command_line: z.array(z.string().regex(/^\S+$/, 'must be one argument without blanks')).default([]),
  /**
   * The kernel's lockdown level from its start on. What `settings.kernel.lockdown` starts from is the root's, in
   * defaults.toml and the variant's own variant-defaults.toml.
   */
  lockdown: z.enum(['none', 'integrity', 'confidentiality']).default('integrity'),
  root: rootContentsSchema.prefault({}),
});
export type Variant = z.infer<typeof variantSchema> & {
  readonly name: string;
  /** A directory whose files are laid over the root, last of all; undefined when the variant brings none. */
  readonly overlay: string | undefined;
};

/** In alphabetical order. */
export async function listVariants(): Promise<string[]> {
  const names = await readdir(VARIANTS_DIRECTORY);
  return names
    .filter((name) => name.endsWith('.toml'))
    .map((name) => basename(name, '.toml'))
    .sort();
}

/** @throws {UsageError} for an unknown variant, or one whose file is wrong. */
export async function readVariant(name: string): Promise<Variant> {
  const known = await listVariants();
  if (!known.includes(name)) {
    throw new UsageError(`Unknown variant "${name}"; it must be one of ${known.join(', ')}.`);
  }
  const file = join(VARIANTS_DIRECTORY, `${name}.toml`);
  const variant = await readToml(file, variantSchema);
  const spelled = [variant.platform, variant.runtime, variant.flavor]
    .filter((part) => part !== undefined)
    .join('-');
  if (spelled !== name) {
    throw new UsageError(
      `${file}:1:1: platform, runtime and flavor spell "${spelled}"; a variant must be named by them, like its file.`,
    );
  }
  const overlay = join(VARIANTS_DIRECTORY, name);
  return { ...variant, name, overlay: existsSync(overlay) ? overlay : undefined };
}
