import { join } from 'node:path';

import { z } from 'zod';

import { readToml } from './data/toml.ts';

const releaseSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9._-]+$/),
  name: z.string().regex(/^[A-Za-z0-9 ._-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be of the form 1.2.3'),
  date: z.date(),
});

export interface Release {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** SOURCE_DATE_EPOCH of everything that is built: seconds since 1970. */
  readonly epochSeconds: number;
}

export async function readRelease(): Promise<Release> {
  const { date, ...names } = await readToml(join(import.meta.dirname, '../release.toml'), releaseSchema);
  return { ...names, epochSeconds: Math.floor(date.getTime() / 1000) };
}
