import { join } from 'node:path';

import { z } from 'zod';

import { ARCHITECTURES, type Architecture } from '../../../harness/util/architecture.ts';
import { readToml } from '../../../harness/util/files/toml.ts';

const path = z
  .string()
  .regex(/^[^/](?:.*[^/])?$/, 'must be a path without a slash at its begin or end')
  .refine((text) => !text.split('/').some((part) => part === '' || part === '.' || part === '..'), {
    error: 'must not contain empty, "." or ".." parts',
  });
const pathLists = z.record(z.string(), z.array(path).min(1)).default({});
const unit = z.string().regex(/^[A-Za-z0-9@_.:\\-]+\.[a-z]+$/, 'must be the name of a unit, with its suffix');
const unitLists = z.record(unit, z.array(unit)).default({});

/** Files of Debian's packages and links that make up a root, besides Sparkler's own; all paths without leading slash. */
export const rootContentsSchema = z.strictObject({
  directories: z.array(path).default([]),
  /** Link → its target, as it is to be stored. */
  symlinks: z.record(path, z.string().min(1)).default({}),
  /** Package → patterns of paths to take; `{multiarch}` stands for Debian's library directory. */
  packages: pathLists,
  /** Folder of images/go → directory that its programs are put into. */
  go: z.record(z.string(), path).default({}),
  /** Package → patterns of PEM certificates; all of them become one file, the roots of trust for TLS. */
  certificates: pathLists,
  units: z.strictObject({ wants: unitLists, requires: unitLists }).prefault({}),
  masked: z.array(unit).default([]),
  /** Adds the programs of images/os/bench: what `npm run bench` measures against. Never in production. */
  bench: z.boolean().default(false),
});
export type RootContents = z.infer<typeof rootContentsSchema>;

export const ROOTFS_DIRECTORY = join(import.meta.dirname, '../../rootfs');

/** What every root has, and what it has in addition for one architecture. */
const rootFileSchema = rootContentsSchema.extend({
  arch: z.partialRecord(z.enum(ARCHITECTURES), rootContentsSchema).default({}),
});

/** What all variants have of an architecture. */
export async function readRootContents(architecture: Architecture): Promise<RootContents> {
  const { arch, ...contents } = await readToml(join(ROOTFS_DIRECTORY, 'root.toml'), rootFileSchema);
  const addition = arch[architecture];
  return addition === undefined ? contents : mergeContents(contents, addition);
}

/** What all variants have, and what one of them adds. */
export function mergeContents(base: RootContents, addition: RootContents): RootContents {
  return {
    directories: [...base.directories, ...addition.directories],
    symlinks: { ...base.symlinks, ...addition.symlinks },
    packages: mergeLists(base.packages, addition.packages),
    go: { ...base.go, ...addition.go },
    certificates: mergeLists(base.certificates, addition.certificates),
    units: {
      wants: mergeLists(base.units.wants, addition.units.wants),
      requires: mergeLists(base.units.requires, addition.units.requires),
    },
    masked: [...base.masked, ...addition.masked],
    bench: base.bench || addition.bench,
  };
}

/** Names of all packages of Debian that something is taken from. */
export function packagesOf({ packages, certificates }: RootContents): string[] {
  return Object.keys({ ...packages, ...certificates });
}

type Lists = Readonly<Record<string, readonly string[]>>;

function mergeLists(base: Lists, addition: Lists): Record<string, string[]> {
  const names = [...new Set([...Object.keys(base), ...Object.keys(addition)])];
  return Object.fromEntries(names.map((name) => [name, [...(base[name] ?? []), ...(addition[name] ?? [])]]));
}
