import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { messageOf, UsageError } from '../util/errors.ts';
import { imageManifestSchema, MANIFEST_VERSION, type ImageManifest } from './manifest.ts';

const versionOnly = z.looseObject({ manifestVersion: z.int().positive() });

/**
 * Reads and checks an `image.json`.
 *
 * @throws {UsageError} naming the field that is wrong, or the newer version.
 */
export async function readManifest(path: string): Promise<ImageManifest> {
  const json = parseJson(path, await readText(path));
  const { manifestVersion } = check(path, versionOnly, json);
  // Asked before the schema: a newer manifest is not "wrong in field X", it is newer.
  if (manifestVersion > MANIFEST_VERSION) {
    throw new UsageError(
      `${path} was made by a newer Hotfire: manifestVersion ${manifestVersion}, this one reads up to ${MANIFEST_VERSION}.`,
      { hint: 'Update Hotfire, or build the image again with this one (npm run image).' },
    );
  }
  return check(path, imageManifestSchema, json);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read the image's manifest: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Name an image.json, the directory that holds it, or a raw disk.',
    });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
}

function check<Schema extends z.ZodType>(path: string, schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new UsageError(
    `${path} is not a manifest that Hotfire understands:\n${z.prettifyError(result.error)}`,
  );
}
