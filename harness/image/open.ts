import { dirname, join } from 'node:path';

import type { Architecture } from '../util/architecture.ts';
import { UsageError } from '../util/errors.ts';
import type { DiskFile } from '../disk/disk-io.ts';
import type { GptTable } from '../disk/gpt/table.ts';
import type { Capability } from '../os/capabilities.ts';
import type { OsProfile } from '../os/profile.ts';
import { bootArchitecture } from './disk/boot-loader.ts';
import { chooseProfile } from '../os/choose-profile.ts';
import { directoryOrFile } from './disk/file-kind.ts';
import type { Format } from './disk/formats.ts';
import type { ImageManifest } from './manifest.ts';
import { checkComplete, manifestIn } from './open-checks.ts';
import { formatOfFile, openDisk, readIntactGpt } from './disk/open-disk.ts';
import { readManifest } from './read-manifest.ts';
import { findUpdateKeys } from './update-keys.ts';
import type { UnpackOptions } from './unpack/unpack.ts';
import { capabilitiesShownBy } from '../os/detect.ts';

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
  /** The private keys that its machines take updates from; undefined where they are not at hand. */
  readonly updateKeysPath: string | undefined;
  /** What kind of OS it is, and what that promises. */
  readonly profile: OsProfile;
  /** The partition table of the first disk. */
  readonly gpt: GptTable;
}

export interface OpenOptions extends Pick<UnpackOptions, 'signal' | 'notice'> {
  /** Which architecture counts for a bare disk with boot loaders for several. Default: the host's. */
  readonly arch?: Architecture;
  /** The name of a shipped profile or the path of a file. Default: see `chooseProfile`. */
  readonly profile?: string | undefined;
}

/**
 * Opens `image.json`, a directory that holds one, or a bare disk: raw or qcow2, or such a one packed with gzip, xz or zstd,
 * which is unpacked into the cache. The content decides, never the name. A bare disk can do what its partitions show.
 *
 * @throws {UsageError} when there is nothing to open at `path`, or it is of a format that can't be read, damaged, cut
 *   short, not bootable, or of a newer Hotfire; {InfrastructureError} when the host can't unpack it.
 */
export async function openImage(path: string, options: OpenOptions = {}): Promise<Image> {
  if ((await directoryOrFile(path)) === 'directory') {
    return openWithManifest(path, await manifestIn(path), options);
  }
  const format = await formatOfFile(path);
  if (format.kind === 'manifest') return openWithManifest(path, path, options);
  return openBareDisk(path, format, options);
}

async function openWithManifest(
  path: string,
  manifestPath: string,
  { profile: wanted }: OpenOptions,
): Promise<Image> {
  const manifest = await readManifest(manifestPath);
  const directory = dirname(manifestPath);
  const beside = (file: string): string => join(directory, file);
  const { image: kernel, floorRoot } = manifest.kernel ?? {};
  const { images, trustedRoot } = manifest.updateRepository ?? {};
  const updateKeysPath = trustedRoot && (await findUpdateKeys(trustedRoot.sha256));
  const optional = [kernel, floorRoot, images?.boot, images?.root, images?.hash];
  for (const file of [...manifest.disks, ...optional]) {
    if (file !== undefined) await checkComplete(beside(file.file), file.sizeBytes);
  }
  const disks: DiskFile[] = [];
  for (const { file, format } of manifest.disks) disks.push(await openListed(beside(file), format));
  // The schema asks for at least one disk, which the type of an array can't tell.
  const [first, ...others] = disks as [DiskFile];
  const gpt = await readIntactGpt(first.path, first);
  const profile = await chooseProfile(manifestPath, gpt, wanted);
  return {
    path,
    directory,
    manifest,
    arch: manifest.arch,
    disks: [first, ...others],
    kernelPath: kernel && beside(kernel.file),
    floorRootPath: floorRoot && beside(floorRoot.file),
    capabilities: new Set([...testable(manifest, updateKeysPath), ...profile.capabilities]),
    ...{ updateKeysPath, profile, gpt },
  };
}

/** What the image claims, but for updates that nobody here can sign. */
function testable({ capabilities }: ImageManifest, updateKeysPath: string | undefined): Capability[] {
  return capabilities.filter((capability) => capability !== 'updates' || updateKeysPath !== undefined);
}

async function openListed(path: string, listed: DiskFile['format']): Promise<DiskFile> {
  const format = await formatOfFile(path);
  if (format.kind === listed) return openDisk(path, format);
  const found = format.kind === 'foreign' ? format.what : format.kind;
  throw new UsageError(`${path} is ${found}, but image.json says that its format is ${listed}.`);
}

async function openBareDisk(path: string, format: Format, options: OpenOptions): Promise<Image> {
  const disk = await openDisk(path, format, options);
  const gpt = await readIntactGpt(path, disk);
  const profile = await chooseProfile(path, gpt, options.profile);
  return {
    path,
    directory: dirname(path),
    manifest: undefined,
    arch: await bootArchitecture(path, disk, gpt, options.arch),
    disks: [disk],
    kernelPath: undefined,
    floorRootPath: undefined,
    updateKeysPath: undefined,
    capabilities: new Set([...(await capabilitiesShownBy(disk, gpt)), ...profile.capabilities]),
    ...{ profile, gpt },
  };
}
