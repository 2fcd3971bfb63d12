import { readFile, rm, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';

import { extract } from 'tar-stream';
import { beforeEach, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { readContent } from '../content.ts';
import type { Blob } from './blob.ts';
import { imageOf, multiPlatform, type ContainerImage } from './image.ts';
import { layerOf } from './layer.ts';
import { blobPath, writeLayout } from './layout.ts';
import { platformOf } from './platform.ts';
import { readLayout } from './read-layout.ts';

const PLATFORM = { os: 'linux', architecture: 'arm64' };
let directory: string;
let image: ContainerImage;

beforeEach(async () => {
  directory = (await scratchDirectory())('layout');
  const layer = await layerOf([{ name: 'a', type: 'file', content: Buffer.from('hello') }]);
  image = imageOf({ platform: PLATFORM, layers: [layer], config: {} });
});

async function bytesOf({ content }: Blob): Promise<string> {
  return (await buffer(readContent(content))).toString('base64');
}

test('what is written is read again, an index with all that is below it', async () => {
  const written = new Map([
    ['one:1', image],
    ['many/two:2', multiPlatform([{ image, platform: PLATFORM }])],
  ]);
  await writeLayout(directory, written);
  const read = await readLayout(directory);
  expect([...read.keys()]).toEqual([...written.keys()]);
  for (const [name, { manifests, blobs }] of written) {
    const found = read.get(name);
    const all = [...(found?.manifests ?? []), ...(found?.blobs ?? [])];
    const wanted = [...manifests, ...blobs];
    expect(all.map(({ descriptor: { digest } }) => digest)).toEqual(
      wanted.map(({ descriptor }) => descriptor.digest),
    );
    expect(await platformOf(read.get(name) ?? image)).toEqual(PLATFORM);
    expect(await Promise.all(all.map(bytesOf))).toEqual(await Promise.all(wanted.map(bytesOf)));
  }
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  [
    'no layout',
    () => rm(`${directory}/oci-layout`),
    /is no OCI layout that can be served: ENOENT.*skopeo copy/s,
  ],
  ['an index that is none', () => writeFile(`${directory}/index.json`, '{"schemaVersion":2}'), /manifests/],
  [
    'a name that is none',
    () => changeIndex((text) => text.replace('one:1', '../one')),
    /must be repository:tag/,
  ],
  [
    'a digest that leads elsewhere',
    () => changeIndex((text) => text.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:../../../../etc/passwd')),
    /must be sha256: and 64/,
  ],
  ['an altered manifest', () => alter(image.manifests[0]), /the manifest sha256:\w+ has another digest/],
  ['a short layer', () => writeFile(blobPath(directory, layerDigest()), ''), /has 0 bytes, not \d+/],
  ['a missing layer', () => rm(blobPath(directory, layerDigest())), /ENOENT/],
])('%s is refused, and said how to make a good one', async (_what, damage, reason) => {
  await writeLayout(directory, new Map([['one:1', image]]));
  await damage();
  await expect(readLayout(directory)).rejects.toThrow(reason);
});

function layerDigest(): string {
  return image.blobs[1]?.descriptor.digest ?? '';
}

async function alter({ descriptor }: Blob): Promise<void> {
  const path = blobPath(directory, descriptor.digest);
  await writeFile(path, (await readFile(path, 'utf8')).replace('{', '{ '));
}

async function changeIndex(change: (text: string) => string): Promise<void> {
  const path = `${directory}/index.json`;
  await writeFile(path, change(await readFile(path, 'utf8')));
}

test('a layer holds its entries as they were given, and is the same each time', async () => {
  const entries = [
    { name: '../../etc/x', type: 'file', content: Buffer.from('out') },
    { name: 'dir', type: 'directory', mode: 0o1777 },
    { name: 'dir/link', type: 'symlink', target: '/' },
    { name: 'hard', type: 'link', target: '../outside' },
  ] as const;
  const layer = await layerOf(entries);
  expect((await layerOf(entries)).blob.descriptor.digest).toBe(layer.blob.descriptor.digest);
  const seen: unknown[] = [];
  const archive = extract();
  Readable.from([gunzipSync(await buffer(readContent(layer.blob.content)))]).pipe(archive);
  for await (const entry of archive) {
    const { name, type, mode, linkname } = entry.header;
    seen.push([name, type, mode, linkname, (await buffer(entry)).toString()]);
  }
  expect(seen).toEqual([
    ['../../etc/x', 'file', 0o644, null, 'out'],
    ['dir', 'directory', 0o1777, null, ''],
    ['dir/link', 'symlink', 0o777, '/', ''],
    ['hard', 'link', 0o644, '../outside', ''],
  ]);
});
