import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SUITE_EXTENSION = '.suite.ts';
/** Of a file that measures: nothing else of the run may be on the host's processors meanwhile. */
const ALONE_EXTENSION = `.alone${SUITE_EXTENSION}`;

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

export function runsAlone(file: string): boolean {
  return file.endsWith(ALONE_EXTENSION);
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
