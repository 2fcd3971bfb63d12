import { chmod, copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Disk, DiskFile } from '../../disk/disk-io.ts';
import { backingFilesOf } from '../../image/disk/backing-files.ts';
import type { Image } from '../../image/open.ts';
import { runHostTool } from '../../process/host-tool.ts';
import { fileState } from '../../util/files/look.ts';
import { sha256OfFile } from '../../util/files/sha256.ts';
import type { Assembly } from '../assembly.ts';
import { ensureDiskSpace } from '../directory/disk-space.ts';
import { networkOf } from '../network/network.ts';
import { varsFile } from '../qemu-options.ts';
import { encodeUserData, keptDisk, makeRecord, RECORD_FILE, type MachineRecord } from './record.ts';

const MIB = 2 ** 20;
/** A guest that filled its disk must not fill the report's as well. */
const MAX_DISK_BYTES = 2048 * MIB;
const SPARE_MIB = 512;
/** User-data and what a guest has on its disk may be secret. */
const OWNER_ONLY = 0o600;

/**
 * Takes what a machine has written out of its directory, before that goes. It must be off.
 *
 * @param target a directory, which is made if need be.
 * @returns why nothing was taken; undefined when all was.
 * @throws {InfrastructureError} when there is no room.
 */
export async function takeDisks(assembly: Assembly, target: string): Promise<string | undefined> {
  const { disks, directory, firmware } = assembly;
  const files = filesAmong(disks);
  if (files === undefined) return 'its disk was served by the test';
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > MAX_DISK_BYTES) return `its disks take ${Math.round(bytes / MIB)} MiB`;
  await mkdir(target, { recursive: true });
  await ensureDiskSpace(target, Math.round(bytes / MIB) + SPARE_MIB);
  const take = directory.kept ? copyFile : move;
  for (const [index, { path }] of files.entries()) await take(path, join(target, keptDisk(index)));
  await take(directory.file(varsFile(firmware)), join(target, varsFile(firmware)));
  return undefined;
}

/** Removes what `takeDisks` took, but for the rest of the evidence. */
export async function dropDisks({ disks, firmware }: Assembly, target: string): Promise<void> {
  const names = [...disks.map((_disk, index) => keptDisk(index)), varsFile(firmware)];
  await Promise.all(names.map((name) => rm(join(target, name), { force: true })));
}

/**
 * Makes of the disks that were taken something that can be entered later: on the image alone, and with a record of how the
 * machine was put together.
 *
 * @param profile what was asked for, if the image did not decide.
 * @throws {InfrastructureError} when a tool fails; Node's own error when a file is not there.
 */
export async function recordRemains(
  { spec, uuid, firmware }: Assembly,
  target: string,
  profile: string | null,
): Promise<void> {
  const { image, cpus, memoryMiB, userData } = spec;
  for (const [index, base] of image.disks.entries()) await layOver(base, join(target, keptDisk(index)));
  const record = makeRecord({
    image: { path: resolve(image.path), profile, arch: image.arch, files: await filesOf(image) },
    ...{ uuid, cpus, memoryMiB, hasNetwork: networkOf(spec, String) !== undefined },
    ...{ firmwareVariables: varsFile(firmware), userData: encodeUserData(userData) },
  });
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  await writeFile(join(target, RECORD_FILE), text, { mode: OWNER_ONLY });
}

function filesAmong(disks: readonly Disk[]): readonly DiskFile[] | undefined {
  const files = disks.filter((disk) => disk.format !== 'nbd');
  return files.length === disks.length ? files : undefined;
}

/** Reports and temporary files may be on different file systems. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}

/** A template, of which a fork's disk is an overlay, may be removed any day. */
async function layOver(base: DiskFile, disk: string): Promise<void> {
  await chmod(disk, OWNER_ONLY);
  const [behind] = await backingFilesOf(disk);
  if (behind === resolve(base.path)) return;
  await runHostTool('qemu-img', ['rebase', '-q', '-b', resolve(base.path), '-F', base.format, disk]);
}

async function filesOf({ disks, manifest }: Image): Promise<MachineRecord['image']['files']> {
  const files = disks.flatMap(({ path, backingFiles = [] }, index) => [
    { path, known: manifest?.disks[index]?.sha256 },
    ...backingFiles.map((backing) => ({ path: backing, known: undefined })),
  ]);
  return Promise.all(
    files.map(async ({ path, known }) => {
      const { state } = await fileState(path);
      return { path: resolve(path), sha256: known ?? (await digestOf(path, state)), state };
    }),
  );
}

/** Many machines of a run may fail that have one image. */
const digests = new Map<string, Promise<string>>();

function digestOf(path: string, state: string): Promise<string> {
  const key = `${state} ${path}`;
  const digest = digests.get(key) ?? sha256OfFile(path);
  digests.set(key, digest);
  return digest;
}
