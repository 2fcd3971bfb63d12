import { readFile, writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { which } from '../../process/which.ts';
import { fatVolume, linkClusters } from '../testing/fat-volume.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { listFatDirectory, type PartitionReader } from './directory.ts';
import { FatFault } from './layout.ts';

const MIB = 2 ** 20;
const SIZES = { 12: MIB, 16: 6 * MIB, 32: 40 * MIB };
const MANY = Array.from({ length: 50 }, (_, index) => `FILE${index}.EFI`);
const SBIN_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

describe.each([12, 16, 32] as const)('of FAT%i', (bits) => {
  test('a directory is read through its chain of clusters', async () => {
    const volume = fatVolume(SIZES[bits], MANY, bits);
    expect(await list(volume)).toEqual(['.', '..', ...MANY]);
    expect(await list(volume, 'EFI')).toEqual(['BOOT']);
    expect(await list(volume, 'EFI', 'LINUX')).toBeUndefined();
  });

  test('a chain that runs in a circle is refused', async () => {
    // Two clusters that are full: with room in the second one, its successor is not asked for.
    const volume = fatVolume(SIZES[bits], MANY.slice(0, 30), bits);
    expect(await list(volume)).toHaveLength(32);
    linkClusters(volume, bits, 8, 5);
    await expect(list(volume)).rejects.toThrow(/the clusters of a directory do not end/);
  });
});

test('what is no FAT says so', async () => {
  for (const bytes of [Buffer.alloc(100), Buffer.alloc(4096), Buffer.alloc(4096, 0xff)]) {
    await expect(list(bytes)).rejects.toThrow('holds no FAT file system');
  }
  const short = fatVolume(MIB, []).subarray(0, MIB / 2);
  await expect(list(short)).rejects.toThrow('of 1048576 bytes, cut short at 524288');
});

test('damage is a FatFault, never another error', async () => {
  const damage = fc.array(fc.tuple(fc.nat(30 * 512), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const volume = fatVolume(MIB, MANY);
      for (const [at, value] of changes) volume.writeUInt8(value, at);
      await list(volume).catch((error: unknown) => {
        expect(error).toBeInstanceOf(FatFault);
      });
    }),
    { numRuns: 300 },
  );
});

/** Not on every host, since nothing but this test needs them. */
const [mkfs, mcopy] = [await which('mkfs.fat', SBIN_PATH), await which('mcopy', SBIN_PATH)];

test.skipIf(mkfs === undefined || mcopy === undefined).each([12, 16, 32])(
  'agrees with mkfs.fat and mtools about FAT%i',
  async (bits) => {
    const scratch = await scratchDirectory();
    await execa(String(mkfs), [
      '-C',
      '-F',
      String(bits),
      '-n',
      'ESP',
      scratch('fat'),
      String((bits === 32 ? 40 : 12) * 1024),
    ]);
    await writeFile(scratch('empty'), '');
    await execa(String(await which('mmd')), ['-i', scratch('fat'), '::/EFI', '::/EFI/BOOT']);
    for (const name of ['bootx64.efi', 'BootAA64.EFI', 'a rather long name.efi']) {
      await execa(String(mcopy), ['-i', scratch('fat'), scratch('empty'), `::/EFI/BOOT/${name}`]);
    }
    const names = await list(await readFile(scratch('fat')));
    expect(names).toEqual([
      '.',
      '..',
      'BOOTX64.EFI',
      'BOOTAA64.EFI',
      expect.stringMatching(/^ARATHE~1\.EFI$/),
    ]);
  },
);

function list(volume: Buffer, ...path: string[]): Promise<string[] | undefined> {
  const reader: PartitionReader = {
    sizeBytes: volume.length,
    read: (offset, lengthBytes) => {
      const isWithin = offset >= 0 && offset + lengthBytes <= volume.length;
      if (!isWithin) return Promise.reject(new RangeError(`${offset} is outside of the partition`));
      return Promise.resolve(volume.subarray(offset, offset + lengthBytes));
    },
  };
  return listFatDirectory(reader, path.length === 0 ? ['EFI', 'BOOT'] : path);
}
