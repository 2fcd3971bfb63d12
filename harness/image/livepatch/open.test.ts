import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { UsageError } from '../../util/errors.ts';
import { sha256 } from '../../util/files/sha256.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { openLivepatch } from './open.ts';
import { SAMPLE_LIVEPATCH } from './testing/sample-livepatch.ts';

const { metadata, content } = SAMPLE_LIVEPATCH;
const MANIFEST = {
  ...{ livepatch: metadata, file: 'my-patch.ko', sha256: sha256(content), sizeBytes: content.length },
  ...{ vermagic: '7.3.4-sparkler SMP', test: false },
};

async function opened(manifest: string, module: Buffer | undefined = content) {
  const file = await scratchDirectory();
  await writeFile(file('my-patch.json'), manifest);
  await writeFile(file('my-patch.ko'), module);
  return { modulePath: file('my-patch.ko'), patch: await openLivepatch(file('my-patch.json')) };
}

test('a live patch is opened with the module that it describes', async () => {
  const { modulePath, patch } = await opened(JSON.stringify(MANIFEST));
  expect(patch).toEqual({ metadata, content, manifest: MANIFEST, modulePath });
});

test('a module that is not as it was built is refused', async () => {
  const opening = opened(JSON.stringify(MANIFEST), Buffer.from('other'));
  await expect(opening).rejects.toThrow(/my-patch\.ko is not the live patch that .*my-patch\.json describes/);
});

test.each([
  ['{', /is not JSON/],
  [JSON.stringify({ ...MANIFEST, file: '../my-patch.ko' }), /must be a plain file name beside this file/],
  [
    JSON.stringify({ ...MANIFEST, livepatch: { ...metadata, kernel_build_id: 'x' } }),
    /40 lower-case hexadecimal/,
  ],
  [JSON.stringify({ ...MANIFEST, livepatch: { ...metadata, name: 'My_Patch' } }), /lower-case words/],
])('what describes no live patch is refused', async (manifest, message) => {
  await expect(opened(manifest)).rejects.toThrow(message);
});

test('a live patch that is gone says how to build it', async () => {
  const opening = openLivepatch('/nowhere/my-patch.json');
  await expect(opening).rejects.toThrow(UsageError);
  await expect(opening).rejects.toThrow(/Cannot read the live patch.*npm run image -- --livepatch/s);
});
