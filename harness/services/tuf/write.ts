import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';

import { UsageError } from '../../util/errors.ts';
import type { Publication } from './publish.ts';

/**
 * Writes the files of a repository below `directory`.
 *
 * @throws {UsageError} for a file whose path leads out of it; what comes before it is written.
 */
export async function writePublication(publication: Publication, directory: string): Promise<void> {
  for (const [path, content] of publication) {
    const file = resolve(directory, path);
    if (!file.startsWith(resolve(directory) + sep)) {
      throw new UsageError(
        `${path} would be written outside of ${directory}; such a repository can only be served.`,
      );
    }
    await mkdir(dirname(file), { recursive: true });
    if (Buffer.isBuffer(content)) await writeFile(file, content);
    else await copyFile(content.path, file);
  }
}
