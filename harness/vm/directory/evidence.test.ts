import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';

import { expect, onTestFinished, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import type { Assembly } from '../assembly.ts';
import { copyCapped } from './copy-capped.ts';
import { describeMachine } from './describe-machine.ts';
import { VmDirectory } from './vm-directory.ts';

test('evidence has logs, firmware variables and what the machine was, no disks', async () => {
  const directory = await VmDirectory.create('evidence');
  onTestFinished(() => directory.removeUnlessKept());
  for (const name of ['console.log', 'qemu.argv', 'disk0.qcow2', 'firmware-vars.raw', 'qmp.sock'])
    await writeFile(directory.file(name), `of ${name}`);
  // As large as those of aarch64 are.
  await truncate(directory.file('firmware-vars.raw'), 64 * 2 ** 20);
  const target = (await scratchDirectory())('vm');
  await directory.saveEvidence(target, { accelerator: 'tcg' });
  const files = ['console.log', 'firmware-vars.raw', 'machine.json', 'qemu.argv'];
  expect((await readdir(target)).sort()).toEqual(files);
  expect((await stat(`${target}/firmware-vars.raw`)).size).toBe(2 ** 20);
  expect(await readFile(`${target}/firmware-vars.raw`, 'latin1')).toMatch(/^of firmware-vars\.raw\0/);
  expect(JSON.parse(await readFile(`${target}/machine.json`, 'utf8'))).toEqual({ accelerator: 'tcg' });
});

test('a machine without a manifest can be described, too', () => {
  const parts = {
    qemu: { path: '/q', arch: 'x86_64', version: { major: 7, minor: 2, micro: 1 } },
    firmware: { codePath: '/code', varsTemplatePath: '/vars', format: 'raw' },
    spec: { cpus: 2, memoryMiB: 512, image: { path: '/i', arch: 'x86_64' } },
    ...{ accelerator: 'kvm', uuid: 'u' },
  } as unknown as Assembly;
  expect(describeMachine(parts)).toEqual({
    ...{ uuid: 'u', cpus: 2, memoryMiB: 512, accelerator: 'kvm' },
    qemu: { path: '/q', version: '7.2.1' },
    firmware: { code: '/code', vars: '/vars', format: 'raw' },
    image: { path: '/i', arch: 'x86_64', name: null, version: null, sha256: [] },
  });
});

test('of a log that is too long both ends are kept', async () => {
  const scratch = await scratchDirectory();
  const log = Array.from({ length: 100 }, (_, index) => String(index % 10)).join('');
  await writeFile(scratch('log'), log);
  await copyCapped(scratch('log'), scratch('copy'), 40);
  const copy = await readFile(scratch('copy'), 'utf8');
  expect(copy).toBe(`${log.slice(0, 10)}\n[Hotfire left out 60 bytes.]\n${log.slice(-30)}`);
  await copyCapped(scratch('log'), scratch('copy'), 100);
  expect(await readFile(scratch('copy'), 'utf8')).toBe(log);
});
