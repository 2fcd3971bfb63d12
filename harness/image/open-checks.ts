import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf, UsageError } from '../util/errors.ts';
import { OPENABLE, requireReadableFile } from './disk/file-kind.ts';

/** @throws {UsageError} for a directory without a manifest, or with something else by that name. */
export async function manifestIn(directory: string): Promise<string> {
  const path = join(directory, 'image.json');
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(`${directory} is a directory without an image.json.`, {
      cause: error,
      hint: OPENABLE,
    });
  });
  await requireReadableFile(path, found);
  return path;
}

/** @throws {UsageError} when a file of an image is absent, or has not the size that the manifest gives it. */
export async function checkComplete(path: string, sizeBytes: number): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(`A file of the image cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  await requireReadableFile(path, found);
  if (found.size === sizeBytes) return;
  const how = found.size < sizeBytes ? 'cut short' : 'another file than the one that image.json describes';
  throw new UsageError(`${path} is ${how}: it has ${found.size} bytes, image.json says ${sizeBytes}.`, {
    hint: 'Build it again (npm run image), or copy the whole directory again.',
  });
}
