import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Architecture } from '../util/architecture.ts';
import { ImageError, messageOf, UsageError } from '../util/errors.ts';
import type { DiskFile } from '../disk/disk-io.ts';
import { readGpt, type GptTable } from '../disk/gpt/table.ts';
import type { Capability } from '../os/capabilities.ts';
import type { ImageManifest } from './manifest.ts';
import { checkComplete, checkIsRawDisk } from './open-checks.ts';
import { readManifest } from './read-manifest.ts';
import { architectureShownBy, capabilitiesShownBy } from '../os/detect.ts';

/** An image that can be booted: its files are there and whole. Nothing in the project writes to them. */
export interface Image {
  /** What the user named. */
  readonly path: string;
  /** Absent for a bare disk. */
  readonly manifest: ImageManifest | undefined;
  readonly arch: Architecture;
  /** In the order in which the machine gets them; the first one is booted. */
  readonly disks: readonly [DiskFile, ...DiskFile[]];
  /** Where the files lie that the manifest names. */
  readonly directory: string;
  /** The bare kernel, for boots without firmware. */
  readonly kernelPath: string | undefined;
  /** The root file system of the machine that boots are measured against. */
  readonly floorRootPath: string | undefined;
  readonly capabilities: ReadonlySet<Capability>;
  /** The partition table of the first disk. */
  readonly gpt: GptTable;
}

/**
 * Opens `image.json`, a directory that holds one, or a bare raw disk. A bare disk can do what its partitions show.
 *
 * @throws {UsageError} when there is nothing to open at `path`, or it is packed, damaged, cut short, or of a newer
 *   Hotfire.
 */
export async function openImage(path: string): Promise<Image> {
  if (await isDirectory(path)) return openWithManifest(path, join(path, 'image.json'));
  if (path.endsWith('.json')) return openWithManifest(path, path);
  return openBareDisk(path);
}

async function openWithManifest(path: string, manifestPath: string): Promise<Image> {
  const manifest = await readManifest(manifestPath);
  const directory = dirname(manifestPath);
  const beside = (file: string): string => join(directory, file);
  const { image: kernel, floorRoot } = manifest.kernel;
  const { images } = manifest.updateRepository ?? {};
  const optional = [floorRoot, images?.boot, images?.root, images?.hash].filter((file) => file !== undefined);
  for (const { file, sizeBytes } of [...manifest.disks, kernel, ...optional]) {
    await checkComplete(beside(file), sizeBytes);
  }
  // The schema asks for at least one disk, which the type of an array can't tell.
  const disks = manifest.disks.map(({ file, format }) => ({ path: beside(file), format })) as [DiskFile];
  return {
    path,
    directory,
    manifest,
    arch: manifest.arch,
    disks,
    kernelPath: beside(kernel.file),
    floorRootPath: floorRoot && beside(floorRoot.file),
    capabilities: new Set(manifest.capabilities),
    gpt: await readIntactGpt(disks[0]),
  };
}

async function openBareDisk(path: string): Promise<Image> {
  await checkIsRawDisk(path);
  const disk = { path, format: 'raw' } as const;
  const gpt = await readIntactGpt(disk);
  return {
    path,
    directory: dirname(path),
    manifest: undefined,
    arch: await architectureShownBy(disk, gpt),
    disks: [disk],
    kernelPath: undefined,
    floorRootPath: undefined,
    capabilities: await capabilitiesShownBy(disk, gpt),
    gpt,
  };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r');
    return (await file.stat()).isDirectory();
  } catch (error) {
    throw new UsageError(`Cannot read an image at "${path}": ${messageOf(error)}.`, {
      cause: error,
      hint: 'It must be an image.json, the directory that holds it, or a raw disk.',
    });
  }
}

async function readIntactGpt(disk: DiskFile): Promise<GptTable> {
  try {
    const gpt = await readGpt(disk);
    if (gpt.copiesAgree) return gpt;
    const [fault] = Object.entries(gpt.faults).filter(([, text]) => text !== undefined);
    const what = fault === undefined ? 'copies disagree' : `${fault[0]} copy ${String(fault[1])}`;
    throw new ImageError(`${disk.path} is damaged: of its partition table the ${what}.`);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
