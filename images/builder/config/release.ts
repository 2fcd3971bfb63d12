import { join } from 'node:path';

import { z } from 'zod';

import { UsageError } from '../../../harness/util/errors.ts';
import { readToml } from '../../../harness/util/files/toml.ts';

/** Semantic versioning without pre-releases, which Bottlerocket's updater compares but which are never released. */
const VERSION = /^(?:(?:0|[1-9]\d*)\.){2}(?:0|[1-9]\d*)$/;

const releaseSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9._-]+$/),
  name: z.string().regex(/^[A-Za-z0-9 ._-]+$/),
  version: z.string().regex(VERSION, 'must be of the form 1.2.3'),
  date: z.date(),
});

export interface Release {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** SOURCE_DATE_EPOCH of everything that is built: seconds since 1970. */
  readonly epochSeconds: number;
}

/** The version after one, which a machine that runs it can be updated to: the next minor one. */
export function successorOf(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return `${major}.${minor + 1}.0`;
}

/**
 * @param version takes the place of the one in release.toml.
 * @throws {UsageError} for a version that is none.
 */
export async function readRelease(version?: string): Promise<Release> {
  if (version !== undefined && !VERSION.test(version)) {
    throw new UsageError(`"${version}" is no version of an OS; it must be of the form 1.2.3.`);
  }
  const { date, ...names } = await readToml(join(import.meta.dirname, '../../release.toml'), releaseSchema);
  return {
    ...names,
    ...(version === undefined ? {} : { version }),
    epochSeconds: Math.floor(date.getTime() / 1000),
  };
}
