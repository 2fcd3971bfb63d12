import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { InfrastructureError } from '../harness/util/errors.ts';
import { findFirmware } from './find.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hotfire-firmware-'));
  await writeFile(join(root, 'CODE.fd'), 'code');
  await writeFile(join(root, 'VARS.fd'), 'vars');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** A descriptor that fits an ordinary x86_64 machine, as Debian's packages write them. */
function descriptor(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    description: 'UEFI firmware',
    'interface-types': ['uefi'],
    mapping: mapping(),
    targets: [{ architecture: 'x86_64', machines: ['pc-i440fx-*', 'pc-q35-*'] }],
    features: ['acpi-s3', 'verbose-dynamic'],
    tags: [],
    ...change,
  };
}

function mapping(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    device: 'flash',
    executable: { filename: join(root, 'CODE.fd'), format: 'raw' },
    'nvram-template': { filename: join(root, 'VARS.fd'), format: 'raw' },
    ...change,
  };
}

/** Directories of descriptors, the strongest first. */
async function tree(...directories: Record<string, unknown>[]): Promise<string[]> {
  return Promise.all(
    directories.map(async (files, index) => {
      const directory = join(root, String(index));
      await mkdir(directory);
      for (const [name, content] of Object.entries(files)) {
        await writeFile(
          join(directory, name),
          typeof content === 'string' ? content : JSON.stringify(content),
        );
      }
      return directory;
    }),
  );
}

const find = (directories: string[], secureBoot = false) =>
  findFirmware(
    { arch: 'x86_64', machine: 'pc-q35-7.2', secureBoot },
    'Install the package ovmf.',
    directories,
  );

describe('the choice', () => {
  it('is the first that fits, by file name', async () => {
    const directories = await tree({ '60-b.json': descriptor(), '50-a.json': descriptor() });
    const firmware = await find(directories);
    expect(firmware).toMatchObject({
      descriptorPath: join(root, '0/50-a.json'),
      codePath: join(root, 'CODE.fd'),
      varsTemplatePath: join(root, 'VARS.fd'),
      format: 'raw',
      requiresSmm: false,
    });
    expect(firmware.passedOver).toEqual([
      { path: join(root, '0/60-b.json'), reason: expect.stringContaining('comes after') as unknown },
    ]);
  });

  it('is by file name over all directories, not by directory', async () => {
    const directories = await tree({ '60-admin.json': descriptor() }, { '50-vendor.json': descriptor() });
    expect((await find(directories)).descriptorPath).toBe(join(root, '1/50-vendor.json'));
  });

  it('lets the administrator replace a file of the distribution', async () => {
    const directories = await tree(
      { '50.json': descriptor({ description: 'mine' }) },
      { '50.json': descriptor() },
    );
    expect(await find(directories)).toMatchObject({ description: 'mine', passedOver: [] });
  });

  it('lets the administrator hide one by an empty file', async () => {
    const directories = await tree({ '50.json': '' }, { '50.json': descriptor(), '60.json': descriptor() });
    const firmware = await find(directories);
    expect(firmware.descriptorPath).toBe(join(root, '1/60.json'));
    expect(firmware.passedOver).toEqual([
      { path: join(root, '0/50.json'), reason: expect.stringContaining('empty') as unknown },
    ]);
  });

  it('takes no notice of missing directories and other files', async () => {
    const directories = await tree({ README: 'not a descriptor', '50.json': descriptor() });
    expect((await find(['/nowhere', ...directories])).passedOver).toEqual([]);
  });
});

describe('a descriptor is passed over', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'for another architecture',
      () => descriptor({ targets: [{ architecture: 'aarch64', machines: ['virt-*'] }] }),
      /is for aarch64/,
    ],
    [
      'for another machine',
      () => descriptor({ targets: [{ architecture: 'x86_64', machines: ['pc-i440fx-*', 'microvm'] }] }),
      /machines pc-i440fx-\*, microvm, not pc-q35/,
    ],
    [
      'whose patterns fit a part of the name only',
      () =>
        descriptor({ targets: [{ architecture: 'x86_64', machines: ['q35-*', 'pc-q35', 'pc.q35-7.2'] }] }),
      /machines q35-\*, pc-q35, pc\.q35-7\.2/,
    ],
    ['that is a BIOS', () => descriptor({ 'interface-types': ['bios'] }), /offers bios, not uefi/],
    [
      'with Secure Boot that was not asked for',
      () => descriptor({ features: ['secure-boot'] }),
      /not asked for/,
    ],
    [
      'for system memory',
      () => descriptor({ mapping: { device: 'memory', filename: '/x' } }),
      /loaded as memory/,
    ],
    [
      'without a variable store',
      () => descriptor({ mapping: mapping({ 'nvram-template': undefined }) }),
      /no variable store/,
    ],
    [
      'whose code is missing',
      () => descriptor({ mapping: mapping({ executable: { filename: '/nowhere/CODE.fd', format: 'raw' } }) }),
      /\/nowhere\/CODE\.fd, which can't be read/,
    ],
    [
      'of an unknown format',
      () =>
        descriptor({
          mapping: mapping({
            executable: { filename: '/x', format: 'vmdk' },
            'nvram-template': { filename: '/x', format: 'vmdk' },
          }),
        }),
      /format vmdk/,
    ],
    [
      'of mixed formats',
      () => descriptor({ mapping: mapping({ executable: { filename: '/x', format: 'qcow2' } }) }),
      /mixes/,
    ],
    ['that is no JSON', () => '{"description": ', /can't be read/],
    ['that lacks a member', () => descriptor({ targets: undefined }), /no firmware descriptor: targets/],
  ])('%s', async (_what, bad, reason) => {
    const directories = await tree({ '10-bad.json': bad(), '50-good.json': descriptor() });
    const firmware = await find(directories);
    expect(firmware.descriptorPath).toBe(join(root, '0/50-good.json'));
    expect(firmware.passedOver).toEqual([
      { path: join(root, '0/10-bad.json'), reason: expect.stringMatching(reason) as unknown },
    ]);
  });
});

describe('Secure Boot', () => {
  it('takes firmware with keys in its store only', async () => {
    const directories = await tree({
      '10-capable.json': descriptor({ features: ['secure-boot', 'requires-smm'] }),
      '20-enrolled.json': descriptor({ features: ['secure-boot', 'enrolled-keys', 'requires-smm'] }),
      '30-plain.json': descriptor(),
    });
    expect(await find(directories, true)).toMatchObject({
      descriptorPath: join(root, '0/20-enrolled.json'),
      requiresSmm: true,
      passedOver: [
        { reason: expect.stringContaining('enrolled-keys') as unknown },
        { reason: expect.stringContaining('lacks the feature secure-boot') as unknown },
      ],
    });
  });
});

describe('no firmware', () => {
  it('is the fault of the host, with each reason and the package to install', async () => {
    const directories = await tree({
      '10-arm.json': descriptor({ targets: [{ architecture: 'aarch64', machines: ['virt-*'] }] }),
    });
    await expect(find(directories)).rejects.toThrow(/10-arm\.json is for aarch64[^]*package ovmf/);
    await expect(find(directories)).rejects.toBeInstanceOf(InfrastructureError);
  });

  it('names the directories when they hold no descriptor', async () => {
    await expect(find(['/nowhere/a', '/nowhere/b'])).rejects.toThrow(
      'no descriptor in /nowhere/a, /nowhere/b',
    );
  });
});
