import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import type { ImageManifest } from '../../image/manifest.ts';
import type { Image } from '../../image/open.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { imageTrust, imageUpdate } from './image-update.ts';
import { encodeKeyRing, generateKeyRing } from './keys/key-ring.ts';
import { encodeRoot } from './root.ts';
import { publish } from './publish.ts';
import { createRepository } from './repository.ts';
import { TufClient } from './testing/tuf-client.ts';
import { targetOf } from './target.ts';
import { manifestTarget } from './update-manifest.ts';

/** As much of an image as is asked for here, with update images of a few bytes. */
async function image(): Promise<Image> {
  const file = await scratchDirectory();
  const keys = generateKeyRing();
  const expires = new Date(Date.now() + 86_400_000);
  const artefact = async (name: string, content: Buffer) => {
    await writeFile(file(name), content);
    const { sha256, lengthBytes } = targetOf(name, content);
    return { file: name, sha256, sizeBytes: lengthBytes };
  };
  const updateRepository: ImageManifest['updateRepository'] = {
    images: {
      boot: await artefact('b.lz4', Buffer.from('boot')),
      root: await artefact('r.lz4', Buffer.from('root!')),
      hash: await artefact('h.lz4', Buffer.from('hash')),
    },
    trustedRoot: await artefact(
      'root.json',
      encodeRoot({ version: 1, expires, keys, signers: keys.root.keys }),
    ),
  };
  await writeFile(file('keys.json'), encodeKeyRing(keys), { mode: 0o600 });
  const os = { name: 'sparkler', version: '0.2.0', buildId: 'abc' };
  const manifest = { os, variant: 'metal-dev', arch: 'aarch64', updateRepository };
  const updateKeysPath = file('keys.json');
  return { path: file('.'), directory: file('.'), manifest, updateKeysPath } as unknown as Image;
}

test('an image can be offered by a repository that its machines trust', async () => {
  const offered = await image();
  const { update, targets } = imageUpdate(offered);
  const { keys, firstRoot } = await imageTrust(offered);
  const manifest = manifestTarget({ updates: [update], migrations: {} });
  const files = publish(createRepository(keys, firstRoot, [manifest, ...targets]));
  await using client = await TufClient.of(files, firstRoot);
  expect(JSON.parse(String(await client.download('manifest.json')))).toEqual({
    updates: [
      {
        variant: 'metal-dev',
        arch: 'aarch64',
        version: '0.2.0',
        max_version: '0.2.0',
        waves: {},
        images: { boot: 'b.lz4', root: 'r.lz4', hash: 'h.lz4' },
      },
    ],
    migrations: {},
  });
  expect(String(await client.download('r.lz4'))).toBe('root!');
});

test('an image without update images says what it lacks', async () => {
  const bare = { path: '/my.img', manifest: undefined } as Image;
  expect(() => imageUpdate(bare)).toThrow(/my.img brings no update images.*updateRepository/s);
  await expect(imageTrust(bare)).rejects.toThrow(/my.img brings no update images/);
});

test('an image whose private keys are elsewhere says where to name them', async () => {
  const offered = { ...(await image()), updateKeysPath: undefined };
  await expect(imageTrust(offered)).rejects.toThrow(/not at hand.*HOTFIRE_UPDATE_KEYS/s);
});
