import { mkdir, truncate, writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { UsageError } from '../util/errors.ts';
import type { ImageManifest } from './manifest.ts';
import { openImage } from './open.ts';
import { gptDisk, type PlannedPartition } from '../disk/testing/gpt-disk.ts';
import { fatVolume } from '../disk/testing/fat-volume.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';

const SECTORS = 4096;
const ESP_SECTOR = 64;
const HASH_SECTOR = 1024;
const PRIVATE_SECTOR = 2048;

const PARTITIONS: PlannedPartition[] = [
  ['EFI-SYSTEM', 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b', ESP_SECTOR],
  ['BOTTLEROCKET-BOOT-A', '6b636168-7420-6568-2070-6c616e657421', 256],
  ['BOTTLEROCKET-HASH-A', '598f10af-c955-4456-6a99-7720068a6cea', HASH_SECTOR],
  ['BOTTLEROCKET-PRIVATE', '440408bb-eb0b-4328-a6e5-a29038fad706', PRIVATE_SECTOR],
].map(([label, typeGuid, firstSector]) => ({
  ...{ label: String(label), typeGuid: String(typeGuid), guid: String(typeGuid), attributes: 0n },
  ...{ firstSector: Number(firstSector), lastSector: Number(firstSector) + 63 },
}));

function bareDisk(...loaders: string[]): Buffer {
  const disk = gptDisk(SECTORS, PARTITIONS);
  fatVolume(64 * 512, loaders).copy(disk, ESP_SECTOR * 512);
  disk.write('verity\0\0', HASH_SECTOR * 512, 'latin1');
  disk.writeUInt16LE(0xef53, PRIVATE_SECTOR * 512 + 1080);
  return disk;
}

const artefact = { sha256: '0'.repeat(64), sizeBytes: 5 };
const manifest: ImageManifest = {
  manifestVersion: 1,
  os: { name: 'Sparkler', version: '1.0.0', buildId: 'abc' },
  variant: 'metal-containerd',
  arch: 'aarch64',
  disks: [{ role: 'os', format: 'raw', file: 'disk.img', ...artefact, sizeBytes: SECTORS * 512 }],
  kernel: { release: '7.3.4', commandLine: 'ro', image: { file: 'vmlinuz', ...artefact } },
  verity: { rootHash: '0'.repeat(64), dataBlockBytes: 4096 },
  capabilities: ['bridge', 'ab-slots'],
  update: {
    boot: { file: 'boot', ...artefact },
    root: { file: 'root', ...artefact },
    hash: { file: 'hash', ...artefact },
  },
  inventory: { file: 'inventory.json', ...artefact },
};

describe('with a manifest', () => {
  async function imageDirectory(json: unknown = manifest): Promise<(name: string) => string> {
    const scratch = await scratchDirectory();
    await writeFile(scratch('image.json'), typeof json === 'string' ? json : JSON.stringify(json));
    await writeFile(scratch('disk.img'), bareDisk('BOOTAA64.EFI'));
    await writeFile(scratch('vmlinuz'), 'hello');
    return scratch;
  }

  test('opens by its directory and by its file', async () => {
    const scratch = await imageDirectory();
    for (const path of [scratch('.'), scratch('image.json')]) {
      const image = await openImage(path);
      expect(image.disks).toEqual([{ path: scratch('disk.img'), format: 'raw' }]);
      expect(image.capabilities).toEqual(new Set(['bridge', 'ab-slots']));
      expect(image).toMatchObject({ arch: 'aarch64', kernelPath: scratch('vmlinuz') });
    }
  });

  test.each([
    ['of a newer Hotfire', { manifestVersion: 7, news: true }, /newer Hotfire: manifestVersion 7.* up to 1/],
    ['without a version', {}, /manifestVersion/],
    ['with a wrong field', { ...manifest, arch: 'riscv64' }, /at arch/],
    [
      'that points out of its directory',
      { ...manifest, disks: [{ ...manifest.disks[0], file: '../disk.img' }] },
      /plain file name.*\n.*disks\[0\]\.file/s,
    ],
    ['that is no JSON', '{"manifestVersion": 1', /is not JSON/],
    ['that is something else', 'disks: []', /image.json has no GUID partition table.*only 9 bytes/],
  ])('refuses one %s', async (_what, json, message) => {
    const scratch = await imageDirectory(json);
    await expectUsageError(scratch('image.json'), message);
  });

  test('refuses a disk that is cut short, and a missing one', async () => {
    const scratch = await imageDirectory();
    await truncate(scratch('disk.img'), 1_000_000);
    await expectUsageError(
      scratch('.'),
      /disk.img is cut short: it has 1000000 bytes, image.json says 2097152/,
    );
    await writeFile(scratch('image.json'), JSON.stringify(manifest).replace('disk.img', 'other.img'));
    await expectUsageError(scratch('.'), /A file of the image cannot be read: ENOENT.*other.img/);
  });

  test('refuses a directory without image.json', async () => {
    const scratch = await imageDirectory();
    await mkdir(scratch('empty'));
    await expectUsageError(scratch('empty'), /empty is a directory without an image.json.*\n.*raw or qcow2/);
  });
});

describe('a bare disk', () => {
  test.each([
    ['x86_64', 'BOOTX64.EFI'],
    ['aarch64', 'BOOTAA64.EFI'],
  ])('shows that it is for %s, and what it can do', async (arch, loader) => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('my.img'), bareDisk(loader));
    const image = await openImage(scratch('my.img'));
    expect(image.arch).toBe(arch);
    expect(image.manifest).toBeUndefined();
    expect(image.capabilities).toEqual(new Set(['verity-root', 'user-data.private']));
  });
});

async function expectUsageError(path: string, message: RegExp): Promise<void> {
  const error: unknown = await openImage(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(message);
}
