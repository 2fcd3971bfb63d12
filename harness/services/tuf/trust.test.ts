import { chmod, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { encodeKeyRing, generateKeyRing, type KeyRing } from './keys/key-ring.ts';
import { encodeRoot } from './root.ts';
import { readTrustedKeys, readTrustedRoot } from './trust.ts';

const ring = generateKeyRing();

async function keyFiles(keys: KeyRing = ring) {
  const file = await scratchDirectory();
  const expires = new Date(Date.now() + 86_400_000);
  await writeFile(
    file('root.json'),
    encodeRoot({ version: 1, expires, keys: ring, signers: ring.root.keys }),
  );
  await writeFile(file('keys.json'), encodeKeyRing(keys), { mode: 0o600 });
  return { root: file('root.json'), keys: file('keys.json') };
}

test('keys are taken that root metadata trusts', async () => {
  const files = await keyFiles();
  const keys = await readTrustedKeys(files.keys, await readTrustedRoot(files.root));
  expect(keys.targets.keys.map(({ id }) => id)).toEqual(ring.targets.keys.map(({ id }) => id));
});

test('keys that root metadata does not trust are refused by their role', async () => {
  const files = await keyFiles({ ...ring, snapshot: generateKeyRing().snapshot });
  const reading = readTrustedKeys(files.keys, await readTrustedRoot(files.root));
  await expect(reading).rejects.toThrow(/keys.json has other keys than .* trusts for snapshot/);
});

test('fewer keys than root metadata asks for are refused', async () => {
  const files = await keyFiles({ ...ring, root: { ...ring.root, keys: ring.root.keys.slice(0, 1) } });
  await expect(readTrustedKeys(files.keys, await readTrustedRoot(files.root))).rejects.toThrow(/for root\./);
});

test('private keys that others can read are refused', async () => {
  const files = await keyFiles();
  await chmod(files.keys, 0o640);
  const reading = readTrustedKeys(files.keys, await readTrustedRoot(files.root));
  await expect(reading).rejects.toThrow(/other users of this host can read them.*chmod 600/s);
});

test('what is no root metadata is refused by its name', async () => {
  const files = await keyFiles();
  await expect(readTrustedRoot(files.keys)).rejects.toThrow(/keys.json is not the root metadata/);
});
