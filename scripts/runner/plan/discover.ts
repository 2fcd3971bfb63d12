import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { messageOf, UsageError } from '../../../harness/util/errors.ts';
import { isPlainPath, plainPath } from '../../../harness/util/files/plain-path.ts';

const SUITE_EXTENSION = '.suite.ts';
/** Of a file that measures: nothing else of the run may be on the host's processors meanwhile. */
const ALONE_EXTENSION = `.alone${SUITE_EXTENSION}`;

export interface FoundSuites {
  /** What the names of suite files are relative to. */
  readonly directory: string;
  /** Suite name → its files, absolute. */
  readonly suites: ReadonlyMap<string, readonly string[]>;
}

/**
 * The suites to choose from: folders of the directory that the user gave or the directory itself, when it holds suite files; else
 * Hotfire's own.
 *
 * @throws {UsageError} when the user's directory holds no suite.
 */
export async function findSuites(own: string | undefined, shipped: string): Promise<FoundSuites> {
  if (own === undefined) {
    const directory = plainPath(shipped);
    return { directory, suites: await discoverSuites(directory) };
  }
  const directory = plainPath(resolve(own));
  const names = await readdir(directory).catch((error: unknown) => {
    throw new UsageError(`Cannot read --suites ${own}: ${messageOf(error)}.`, { cause: error });
  });
  const files = names.filter((name) => name.endsWith(SUITE_EXTENSION)).sort();
  if (files.length > 0) {
    files.forEach(requirePlainName);
    const suites = new Map([[basename(directory), files.map((name) => join(directory, name))]]);
    return { directory: dirname(directory), suites };
  }
  const suites = await discoverSuites(directory);
  if (suites.size > 0) return { directory, suites };
  throw new UsageError(`--suites ${own} holds no suite.`, {
    hint: `A suite is a file NAME${SUITE_EXTENSION} there, or a folder of such files.`,
  });
}

/** Suite name → its files, absolute; both in alphabetical order, so that every machine deals the same shards. */
export async function discoverSuites(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const suites = new Map<string, readonly string[]>();
  const entries = await readdir(directory, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory()).sort(byName)) {
    const files = await readdir(join(directory, name), { recursive: true });
    const suiteFiles = files.filter((file) => file.endsWith(SUITE_EXTENSION)).sort();
    if (suiteFiles.length > 0) {
      for (const file of suiteFiles) requirePlainName(join(name, file));
      suites.set(
        name,
        suiteFiles.map((file) => join(directory, name, file)),
      );
    }
  }
  return suites;
}

/** @throws {UsageError} for a name that vitest would take for a pattern or vite for a URL, and so not find. */
function requirePlainName(name: string): void {
  if (!isPlainPath(name)) {
    throw new UsageError(`The name of the suite file ${name} has a character that vitest misreads.`, {
      hint: 'Name it with letters, digits, ".", "-" and "_".',
    });
  }
}

export function runsAlone(file: string): boolean {
  return file.endsWith(ALONE_EXTENSION);
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
