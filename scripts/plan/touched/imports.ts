import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

/** The harness is not followed: any change of it can alter every test. */
const HARNESS = /^harness\//;

/**
 * A file and all that it imports from the checkout, directly or not, but the harness.
 *
 * @param path in the checkout, as are those that are returned.
 */
export async function partsOf(root: string, path: string): Promise<ReadonlySet<string>> {
  const parts = new Set<string>();
  const follow = async (part: string): Promise<void> => {
    if (parts.has(part) || HARNESS.test(part)) return;
    parts.add(part);
    const { importedFiles } = ts.preProcessFile(await readFile(join(root, part), 'utf8'));
    const own = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
    for (const name of own) await follow(relative(root, join(root, dirname(part), name)));
  };
  await follow(path);
  return parts;
}
