import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  TRUSTED_ROOT,
  UPDATE_KEYS,
  updateKeysDirectory,
  type UpdateKeysDirectory,
} from '../../harness/image/update-keys.ts';
import { encodeKeyRing, generateKeyRing } from '../../harness/services/tuf/keys/key-ring.ts';
import { encodeRoot } from '../../harness/services/tuf/root.ts';
import { readTrustedKeys, readTrustedRoot } from '../../harness/services/tuf/trust.ts';
import { withLock } from '../../harness/util/files/lock.ts';
import { exists } from '../../harness/util/files/look.ts';
import { sha256 } from '../../harness/util/files/sha256.ts';
import { unfinishedOf } from '../../harness/util/files/write-whole.ts';
import type { Entry } from './cache/step.ts';
import type { Release } from './config/release.ts';

const LIFETIME_YEARS = 30;

/**
 * The keys of update repositories: the user's own, or the cache's, which are made where there are none yet. They are no
 * step's result: whatever else is deleted from the cache can be made again, but these can't. An image holds only
 * `update-root.json` of them, the TUF root metadata that it trusts; images with the same one take each other's updates.
 *
 * @throws {UsageError} for own keys that are incomplete or don't belong together.
 */
export async function obtainUpdateKeys(
  release: Pick<Release, 'epochSeconds'>,
  signal: AbortSignal,
  directory: UpdateKeysDirectory = updateKeysDirectory(),
): Promise<Entry> {
  if (!directory.own) {
    await withLock(
      `${directory.path}.lock`,
      signal,
      () => undefined,
      () => makeOnce(directory.path, release),
    );
  }
  const trusted = await readTrustedRoot(join(directory.path, TRUSTED_ROOT));
  const keys = join(directory.path, UPDATE_KEYS);
  if (await exists(keys)) await readTrustedKeys(keys, trusted);
  return { directory: directory.path, identity: sha256(trusted.bytes) };
}

async function makeOnce(path: string, release: Pick<Release, 'epochSeconds'>): Promise<void> {
  if (await exists(path)) return;
  const unfinished = unfinishedOf(path);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const keys = generateKeyRing();
  const expires = new Date(release.epochSeconds * 1000);
  expires.setUTCFullYear(expires.getUTCFullYear() + LIFETIME_YEARS);
  const root = encodeRoot({ version: 1, expires, keys, signers: keys.root.keys });
  await writeFile(join(unfinished, TRUSTED_ROOT), root);
  await writeFile(join(unfinished, UPDATE_KEYS), encodeKeyRing(keys), { mode: 0o600 });
  await rename(unfinished, path);
}
