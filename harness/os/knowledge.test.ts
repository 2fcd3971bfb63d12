import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** Labels, fw_cfg names, paths, units and programs of one OS. */
const KNOWLEDGE =
  /BOTTLEROCKET-|EFI-SYSTEM|\bsparkler\b|opt\/com\.coreos|\/datastore\b|early-boot-config|settings-applier|mark-successful-boot|['"`/][a-z-]+\.service\b/i;
/** Where it may be: the profiles, what is built, and the suites of that OS. */
const ALLOWED = /^(?:harness\/os|images|suites|examples)\//;
/** Suites that run on any disk. */
const GENERIC_SUITES = /^suites\/boot\/any-/;

test('only profiles, images and their suites name one OS', async () => {
  const offences: string[] = [];
  for (const file of await sources(['harness', 'scripts', 'firmware', 'suites'])) {
    if (ALLOWED.test(file) && !GENERIC_SUITES.test(file)) continue;
    const lines = (await readFile(join(ROOT, file), 'utf8')).split('\n');
    lines.forEach((line, index) => {
      if (KNOWLEDGE.test(withoutComment(line))) offences.push(`${file}:${index + 1}: ${line.trim()}`);
    });
  }
  expect(offences).toEqual([]);
});

async function sources(directories: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    directories.map((directory) => readdir(join(ROOT, directory), { recursive: true, withFileTypes: true })),
  );
  return found
    .flat()
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('/testing/'));
}

function withoutComment(line: string): string {
  return /^\s*(?:\/\/|\*|\/\*)/.test(line) ? '' : line;
}
