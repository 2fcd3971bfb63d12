import { mkdir, truncate, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

import type { Workbench } from '../sdk/workbench.ts';
import { deriveUuid, deriveVolumeId } from './derived-ids.ts';

const MIB = 1024 ** 2;

/** A file that goes into a FAT file system. */
export interface FatFile {
  /** With slashes, without a leading one. */
  readonly path: string;
  /** Relative to the workbench. */
  readonly source: string;
}

/**
 * Makes a FAT file system that holds the given files. Firmware of UEFI reads FAT12, FAT16 and FAT32; which of them it
 * becomes is mkfs.fat's choice by size. Time stamps come from SOURCE_DATE_EPOCH, which mtools and mkfs.fat follow.
 */
export async function makeFat(
  bench: Workbench,
  image: string,
  sizeMib: number,
  seed: string,
  files: readonly FatFile[],
  sectorBytes = 512,
): Promise<void> {
  await writeFile(join(bench.directory, image), '');
  await truncate(join(bench.directory, image), sizeMib * MIB);
  await bench.run('makes a FAT file system', [
    'mkfs.vfat',
    `-S${sectorBytes}`,
    `-i${deriveVolumeId(seed, image)}`,
    '--invariant',
    image,
  ]);
  for (const directory of directoriesOf(files)) {
    await bench.run('makes a directory on FAT', ['mmd', '-i', image, `::/${directory}`]);
  }
  for (const { path, source } of files) {
    await bench.run('copies a file to FAT', ['mcopy', '-i', image, source, `::/${path}`]);
  }
}

/** Room that a FAT file system for these files needs: their clusters, two tables, some directories. */
export async function fatSizeMib(bench: Workbench, files: readonly FatFile[]): Promise<number> {
  let bytes = 0;
  for (const { source } of files) bytes += (await stat(join(bench.directory, source))).size;
  return Math.ceil(bytes / MIB) + 1;
}

/** Makes an empty ext4 that the kernel needs not finish at its first mount. */
export async function makeExt4(
  bench: Workbench,
  image: string,
  sizeMib: number,
  seed: string,
): Promise<void> {
  const empty = `${image}.content`;
  await mkdir(join(bench.directory, empty));
  await makeFilledExt4(bench, image, sizeMib, seed, empty);
}

/** @param content a directory, whose files keep their owners, as far as the bench's user namespace knows them. */
export async function makeFilledExt4(
  bench: Workbench,
  image: string,
  sizeMib: number,
  seed: string,
  content: string,
): Promise<void> {
  await bench.run('makes an ext4 file system', [
    'mke2fs',
    '-q',
    '-t',
    'ext4',
    '-b4096',
    '-I256',
    '-m0',
    `-U${deriveUuid(seed, image)}`,
    `-Ehash_seed=${deriveUuid(seed, `${image} directories`)},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0`,
    '-d',
    content,
    image,
    `${sizeMib}M`,
  ]);
}

/** Parents before children, each once. */
function directoriesOf(files: readonly FatFile[]): string[] {
  const parents = files.flatMap(({ path }) => {
    const parts = posix.dirname(path).split('/');
    return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(parents)].sort();
}
