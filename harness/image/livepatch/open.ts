import { dirname, join } from 'node:path';
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { messageOf, UsageError } from '../../util/errors.ts';
import { sha256 } from '../../util/files/sha256.ts';
import { livepatchManifestSchema, type LivepatchManifest, type LivepatchMetadata } from './manifest.ts';

/** A live patch, or what is offered as one. */
export interface Livepatch {
  readonly metadata: LivepatchMetadata;
  /** The signed module. */
  readonly content: Buffer;
}

/** One that the builder has made. */
export interface BuiltLivepatch extends Livepatch {
  readonly manifest: LivepatchManifest;
  /** Of the signed module. */
  readonly modulePath: string;
}

/**
 * Opens the `<name>.json` of a live patch that the builder made.
 *
 * @throws {UsageError} when the file, or the module that it names, can't be read or is not what it was when it was built.
 */
export async function openLivepatch(path: string): Promise<BuiltLivepatch> {
  const manifest = parse(path, await read(path));
  const modulePath = join(dirname(path), manifest.file);
  const content = await read(modulePath);
  if (sha256(content) !== manifest.sha256) {
    throw new UsageError(
      `${modulePath} is not the live patch that ${path} describes: its SHA-256 is another.`,
      {
        hint: 'Build it again: npm run image -- --livepatch NAME.',
      },
    );
  }
  return { manifest, modulePath, metadata: manifest.livepatch, content };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read the live patch: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Build it: npm run image -- --livepatch NAME.',
    });
  }
}

function parse(path: string, bytes: Buffer): LivepatchManifest {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
  const result = livepatchManifestSchema.safeParse(json);
  if (result.success) return result.data;
  throw new UsageError(`${path} describes no live patch:\n${z.prettifyError(result.error)}`);
}
