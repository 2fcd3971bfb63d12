import { join, resolve } from 'node:path';

import { messageOf, UsageError } from '../util/errors.ts';
import { cacheLocation } from '../util/files/cache-location.ts';
import { exists } from '../util/files/look.ts';
import { sha256OfFile } from '../util/files/sha256.ts';

/** Root metadata (TUF), which images trust; it lies beside `image.json`, too. */
export const TRUSTED_ROOT = 'update-root.json';
/** The private keys that sign for it. They lie nowhere else. */
export const UPDATE_KEYS = 'update-keys.json';
export const UPDATE_KEYS_VARIABLE = 'HOTFIRE_UPDATE_KEYS';

export interface UpdateKeysDirectory {
  readonly path: string;
  /** Whether the user has named it; else it is the cache's, and made when it is needed. */
  readonly own: boolean;
}

/** Where the keys of update repositories are: `$HOTFIRE_UPDATE_KEYS`, else `keys/updates` in the cache. */
export function updateKeysDirectory(environment: NodeJS.ProcessEnv = process.env): UpdateKeysDirectory {
  const own = environment[UPDATE_KEYS_VARIABLE];
  if (own !== undefined && own !== '') return { path: resolve(own), own: true };
  return { path: join(cacheLocation(environment), 'keys', 'updates'), own: false };
}

/**
 * The private keys of the repository that an image trusts.
 *
 * @param trustedRootSha256 digest of the image's root metadata.
 * @returns undefined where the keys at hand are others, or the public part is alone.
 * @throws {UsageError} when the user has named a directory without root metadata.
 */
export async function findUpdateKeys(
  trustedRootSha256: string,
  directory: UpdateKeysDirectory = updateKeysDirectory(),
): Promise<string | undefined> {
  const root = join(directory.path, TRUSTED_ROOT);
  if (!directory.own && !(await exists(root))) return undefined;
  const digest = await sha256OfFile(root).catch((error: unknown) => {
    throw new UsageError(
      `${UPDATE_KEYS_VARIABLE} names no keys of an update repository: ${messageOf(error)}.`,
      {
        cause: error,
        hint: `It must be a directory with ${TRUSTED_ROOT} and, to publish, ${UPDATE_KEYS}; see images/README.md, "Keys".`,
      },
    );
  });
  const keys = join(directory.path, UPDATE_KEYS);
  return digest === trustedRootSha256 && (await exists(keys)) ? keys : undefined;
}
