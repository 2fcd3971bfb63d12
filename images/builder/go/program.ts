import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { UsageError } from '../../../harness/util/errors.ts';
import { readToml } from '../../../harness/util/files/toml.ts';

/** One folder for each: go.mod names what to build as `tool`, go.sum pins it, build.toml says how. */
const GO_DIRECTORY = join(import.meta.dirname, '../../go');

const programSchema = z.strictObject({
  /** Build constraints to satisfy. */
  tags: z.array(z.string().regex(/^\w+$/, 'must be one build constraint')),
  /** Packages of the SDK whose C libraries are linked into the program; none means that it has no C in it. */
  links: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]*$/, 'must be a package of Debian')),
});
export type GoProgram = z.infer<typeof programSchema> & {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly directory: string;
};

/** @throws {UsageError} for one that is not there, or whose build.toml is wrong. */
export async function readGoProgram(name: string): Promise<GoProgram> {
  const known = (await readdir(GO_DIRECTORY)).sort();
  if (!known.includes(name)) {
    throw new UsageError(
      `images/go has no "${name}"; under [go] in images/rootfs/root.toml or the variant, a name must be one of ${known.join(', ')}.`,
    );
  }
  const directory = join(GO_DIRECTORY, name);
  return { ...(await readToml(join(directory, 'build.toml'), programSchema)), name, directory };
}
