import { writeFile } from 'node:fs/promises';

import { beforeEach, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { generic } from '../../os/generic.ts';
import type { Image } from '../../image/open.ts';
import type { MachineParts } from '../qemu-options.ts';
import { resolveSpec, type MachineSpec } from '../spec.ts';
import { templateKey } from './key.ts';

let scratch: (name: string) => string;
beforeEach(async () => {
  scratch = await scratchDirectory();
  for (const name of ['disk', 'backing', 'firmware', 'qemu']) await writeFile(scratch(name), name);
});

function keyOf(spec: Partial<MachineSpec> = {}, gpt: object = { sectorBytes: 512 }): Promise<string> {
  const disks = [{ path: scratch('disk'), format: 'qcow2', backingFiles: [scratch('backing')] }];
  const image = {
    path: 'unused',
    arch: 'x86_64',
    profile: generic,
    capabilities: new Set(),
    disks,
    gpt,
  } as unknown as Image;
  return templateKey({
    spec: resolveSpec({ image, ...spec }, 'tcg'),
    qemu: { path: scratch('qemu'), version: '7.2.0' },
    firmware: { codePath: scratch('firmware'), varsTemplatePath: scratch('firmware'), format: 'raw' },
    accelerator: 'tcg',
  } as unknown as MachineParts);
}

test('the key depends on what a guest sees of its disk', async () => {
  const key = await keyOf();
  expect(await keyOf()).toBe(key);
  expect(await keyOf({ label: 'other' })).toBe(key);
  expect(await keyOf({ diskSizeBytes: 2 ** 30 })).not.toBe(key);
  expect(await keyOf({}, { sectorBytes: 4096 })).not.toBe(key);
});

test('the key depends on the state of backing files', async () => {
  const key = await keyOf();
  await writeFile(scratch('backing'), 'changed');
  expect(await keyOf()).not.toBe(key);
});
