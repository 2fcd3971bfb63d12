import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export const SUITE_EXTENSION = '.suite.ts';

/** Suite name → its files, absolute; both in alphabetical order, so that every machine deals the same shards. */
export async function discoverSuites(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const suites = new Map<string, readonly string[]>();
  const entries = await readdir(directory, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory()).sort(byName)) {
    const files = await readdir(join(directory, name), { recursive: true });
    const suiteFiles = files.filter((file) => file.endsWith(SUITE_EXTENSION)).sort();
    if (suiteFiles.length > 0) {
      suites.set(
        name,
        suiteFiles.map((file) => join(directory, name, file)),
      );
    }
  }
  return suites;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
