import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { Events } from '../../../harness/util/events.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { BUILD_TARGETS } from '../architectures.ts';
import { Cache } from '../cache/cache.ts';
import type { BuildEvents } from '../cache/events.ts';
import { entryName, type Step } from '../cache/step.ts';
import { readRelease } from '../config/release.ts';
import { FIRST_BUILD, kernelStep } from './step.ts';
import { signingKeyStep } from './signing-key-step.ts';
import { findKernel } from './find.ts';

const sdk = { directory: '/sdk', identity: 'sdk' };
const source = { directory: '/source', identity: 'source' };
const host = BUILD_TARGETS.x86_64;

async function workshop() {
  const root = (await scratchDirectory())('cache');
  const cache = new Cache(root, new Events<BuildEvents>(), new AbortController().signal);
  const put = async (step: Step): Promise<string> => {
    const directory = join(root, 'entries', entryName(step));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'signing_key.x509'), 'certificate');
    return directory;
  };
  const kernelOf = async (arch: 'x86_64' | 'aarch64') => {
    const signingKey = await cache.find(signingKeyStep(sdk));
    if (signingKey === undefined) throw new Error('The test made no key.');
    const build = { release: await readRelease(), number: FIRST_BUILD };
    return kernelStep(arch, host, { sdk, source, signingKey }, build, root, 1);
  };
  return { cache, sdk, host, jobs: 1, put, kernelOf };
}

test('a live patch is built for the kernel that an image was built with', async () => {
  const shop = await workshop();
  const key = await shop.put(signingKeyStep(sdk));
  const directory = await shop.put(await shop.kernelOf('x86_64'));
  const found = await findKernel('x86_64', shop, source);
  expect([found.kernel.directory, found.signingKey.directory]).toEqual([directory, key]);
});

test('a kernel that is not in the cache is not built, but asked for', async () => {
  const shop = await workshop();
  await shop.put(signingKeyStep(sdk));
  await shop.put(await shop.kernelOf('x86_64'));
  const finding = findKernel('aarch64', shop, source);
  await expect(finding).rejects.toThrow(
    /does not have the kernel.*aarch64.*npm run image -- --arch aarch64/s,
  );
});

test('a lost key is told from one that never was', async () => {
  const shop = await workshop();
  await shop.put({ ...signingKeyStep(sdk), name: 'kernel source' });
  await expect(findKernel('x86_64', shop, source)).rejects.toThrow(/neither kernel nor module signing key/);
  await shop.put({ ...signingKeyStep(sdk), name: 'kernel x86_64' });
  await expect(findKernel('x86_64', shop, source)).rejects.toThrow(
    /has lost its module signing key.*new key/s,
  );
});
