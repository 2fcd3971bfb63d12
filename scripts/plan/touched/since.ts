import { relative } from 'node:path';

import type { Matrix } from '../cells.ts';
import type { KindContent } from '../content.ts';
import { changesSince } from './changes.ts';
import { partsOf } from './imports.ts';
import { touchedSuites } from './touched.ts';

/**
 * Whether what changed since `ref` can alter the result of a suite file, given by its absolute path.
 *
 * @throws {UsageError} for a branch or commit that git does not know.
 */
export async function touchedSince(
  ref: string,
  root: string,
  { tests }: Pick<KindContent, 'tests'>,
  suitesIn: Matrix['suitesIn'],
): Promise<(path: string) => boolean> {
  const places = new Set([undefined, ...tests.map((some) => some.own_suites)]);
  const found = await Promise.all([...places].map(suitesIn));
  const files = found
    .flatMap(({ suites }) => [...suites.values()].flat())
    .map((path) => relative(root, path));
  const parts = await Promise.all(files.map(async (file) => [file, await partsOf(root, file)] as const));
  const touched = touchedSuites(await changesSince(root, ref), new Map(parts));
  return (path) => touched.has(relative(root, path));
}
