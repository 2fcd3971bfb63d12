import { chmod, copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { DiskFile } from '../../disk/disk-io.ts';
import { backingFilesOf } from '../../image/backing-files.ts';
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
 * Keeps what a machine has written, and how it was put together, so that it can be entered later. It must be off.
 *
 * @param target a directory. @param profile what was asked for, if the image did not decide.
 * @returns why nothing could be kept; undefined when all was.
 * @throws {InfrastructureError} when there is no room, or a tool fails.
 */
export async function saveRemains(
  assembly: Assembly,
  target: string,
  profile: string | null,
): Promise<string | undefined> {
  const { spec, disks, directory, firmware, uuid } = assembly;
  const files: DiskFile[] = [];
  for (const disk of disks) {
    if (disk.format === 'nbd') return 'its disk was served by the test';
    files.push(disk);
  }
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > MAX_DISK_BYTES) return `its disks take ${Math.round(bytes / MIB)} MiB`;
  await mkdir(target, { recursive: true });
  await ensureDiskSpace(target, Math.round(bytes / MIB) + SPARE_MIB);
  const kept = files.map((_disk, index) => join(target, keptDisk(index)));
  try {
    for (const [index, disk] of files.entries()) await keep(disk, kept[index] ?? '', spec.image.disks[index]);
    const variables = varsFile(firmware);
    await copyFile(directory.file(variables), join(target, variables));
    const { cpus, memoryMiB, userData } = spec;
    const record = makeRecord({
      image: {
        path: resolve(spec.image.path),
        profile,
        arch: spec.image.arch,
        files: await filesOf(spec.image),
      },
      ...{ uuid, cpus, memoryMiB, hasNetwork: networkOf(spec) !== undefined },
      ...{ firmwareVariables: variables, userData: encodeUserData(userData) },
    });
    await writeFile(join(target, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`, {
      mode: OWNER_ONLY,
    });
    return undefined;
  } catch (error) {
    for (const path of kept) await rm(path, { force: true });
    throw error;
  }
}

/** On the image's disk alone: a template, of which a fork's disk is an overlay, may be removed any day. */
async function keep({ path }: DiskFile, copy: string, base: DiskFile | undefined): Promise<void> {
  await copyFile(path, copy);
  await chmod(copy, OWNER_ONLY);
  const [behind] = await backingFilesOf(copy);
  if (base === undefined || behind === undefined || behind === resolve(base.path)) return;
  await runHostTool('qemu-img', ['rebase', '-q', '-b', resolve(base.path), '-F', base.format, copy]);
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
