import { mkdir, writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import type { ImageManifest } from '../../harness/image/manifest.ts';
import { hostArchitecture } from '../../harness/util/architecture.ts';
import { sha256 } from '../../harness/util/files/sha256.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { debuggerUses } from './gdb.ts';

async function cacheWithKernel() {
  const scratch = await scratchDirectory();
  for (const [name, content] of [
    ['kernel-source-1', 'mine'],
    ['kernel-x86_64-1', 'another'],
    ['kernel-x86_64-2', 'mine'],
  ] as const) {
    await mkdir(scratch(`entries/${name}`), { recursive: true });
    await writeFile(scratch(`entries/${name}/vmlinuz`), content);
  }
  const kernel = { image: { file: 'vmlinuz', sha256: sha256('mine'), sizeBytes: 4 } };
  const manifest = { kernel } as ImageManifest;
  return { scratch, image: { arch: hostArchitecture(), manifest, directory: scratch('image') } };
}

it('names the symbols of the very kernel, if they are kept', async () => {
  const { scratch, image } = await cacheWithKernel();
  const [command, symbols] = await debuggerUses('/run/gdb.sock', image, scratch('.'));
  expect(command).toBe("the machine waits for a debugger: gdb -ex 'target remote /run/gdb.sock'");
  expect(symbols).toBe(
    `No vmlinux of this kernel is known, so gdb has no symbols: \`npm run image -- --arch ${hostArchitecture()} --symbols\` makes the one of images built here; put another one beside its image. Addresses are in ${scratch('entries/kernel-x86_64-2/System.map')}.`,
  );
  await mkdir(scratch('entries/kernel-symbols-x86_64-1'));
  await writeFile(scratch('entries/kernel-symbols-x86_64-1/vmlinuz.sha256'), `${sha256('another')}\n`);
  await mkdir(scratch('entries/kernel-symbols-x86_64-2'));
  await writeFile(scratch('entries/kernel-symbols-x86_64-2/vmlinuz.sha256'), `${sha256('mine')}\n`);
  const [withSymbols, warning] = await debuggerUses('/run/gdb.sock', image, scratch('.'));
  expect(withSymbols).toContain(`/run/gdb.sock' ${scratch('entries/kernel-symbols-x86_64-2/vmlinux')}`);
  expect(warning).toContain('nokaslr');
});

it('says so where no kernel of the image is known', async () => {
  const { scratch, image } = await cacheWithKernel();
  const [, symbols] = await debuggerUses('/run/gdb.sock', { ...image, manifest: undefined }, scratch('.'));
  expect(symbols).toMatch(/No vmlinux of this kernel is known.*; put another one beside its image\.$/);
});
