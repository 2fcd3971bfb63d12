import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { UsageError } from '../util/errors.ts';
import { sha256 } from '../util/files/sha256.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { findUpdateKeys, updateKeysDirectory } from './update-keys.ts';

const ROOT = '{"signed": {}}';

async function directoryWith(...files: readonly string[]) {
  const scratch = await scratchDirectory();
  for (const file of files) await writeFile(scratch(file), ROOT);
  return { scratch, path: scratch('.'), own: true };
}

test("keys are the user's, or in a place of their own in the cache", () => {
  expect(updateKeysDirectory({ HOTFIRE_UPDATE_KEYS: '/mine', HOTFIRE_CACHE: '/cache' })).toEqual({
    path: '/mine',
    own: true,
  });
  expect(updateKeysDirectory({ HOTFIRE_UPDATE_KEYS: '', HOTFIRE_CACHE: '/cache' })).toEqual({
    path: '/cache/keys/updates',
    own: false,
  });
});

test('private keys are found by the root metadata that they sign for', async () => {
  const directory = await directoryWith('update-root.json', 'update-keys.json');
  expect(await findUpdateKeys(sha256(ROOT), directory)).toBe(directory.scratch('update-keys.json'));
  expect(await findUpdateKeys(sha256('another'), directory)).toBeUndefined();
});

test('a public part alone has no private keys', async () => {
  expect(await findUpdateKeys(sha256(ROOT), await directoryWith('update-root.json'))).toBeUndefined();
});

test('a cache without keys is no fault, a directory of the user is', async () => {
  const empty = await directoryWith();
  expect(await findUpdateKeys(sha256(ROOT), { ...empty, own: false })).toBeUndefined();
  const finding = findUpdateKeys(sha256(ROOT), empty);
  await expect(finding).rejects.toThrow(UsageError);
  await expect(finding).rejects.toThrow(/HOTFIRE_UPDATE_KEYS.*update-root.json/s);
});
