import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Entry } from '../cache/step.ts';

/** One package of Debian, as its .deb described itself. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  /** Of the .deb file. */
  readonly sha256: string;
}

export async function readPackageList(packages: Entry): Promise<DebianPackage[]> {
  const text = await readFile(join(packages.directory, 'packages.tsv'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', version = '', architecture = '', source = '', sourceVersion = '', sha256 = ''] =
        line.split('\t');
      return { name, version, architecture, source, sourceVersion, sha256 };
    });
}
