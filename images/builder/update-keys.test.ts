import { rm, stat, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { UsageError } from '../../harness/util/errors.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { obtainUpdateKeys } from './update-keys.ts';

const release = { epochSeconds: 1_800_000_000 };
const { signal } = new AbortController();

async function made() {
  const scratch = await scratchDirectory();
  const cached = { path: scratch('keys/updates'), own: false };
  return { scratch, cached, keys: await obtainUpdateKeys(release, signal, cached) };
}

test('keys are made once, and only their owner can read them', async () => {
  const { scratch, cached, keys } = await made();
  expect(await obtainUpdateKeys(release, signal, cached)).toEqual(keys);
  const mode = async (path: string) => (await stat(scratch(path))).mode & 0o777;
  expect(await mode('keys/updates')).toBe(0o700);
  expect(await mode('keys/updates/update-keys.json')).toBe(0o600);
});

test("a user's own keys are taken as they are, also without the private part", async () => {
  const { scratch, keys } = await made();
  const own = { path: scratch('keys/updates'), own: true };
  expect(await obtainUpdateKeys(release, signal, own)).toEqual(keys);
  await rm(scratch('keys/updates/update-keys.json'));
  expect(await obtainUpdateKeys(release, signal, own)).toEqual(keys);
});

test("a user's own keys that are incomplete or wrong are refused", async () => {
  const { scratch } = await made();
  const own = (name: string) => obtainUpdateKeys(release, signal, { path: scratch(name), own: true });
  await expect(own('nowhere')).rejects.toThrow(UsageError);
  await expect(own('nowhere')).rejects.toThrow(/update-root.json is not the root metadata/);
  await writeFile(scratch('keys/updates/update-keys.json'), '{}');
  await expect(own('keys/updates')).rejects.toThrow(/update-keys.json does not hold the keys/);
});
