import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { z } from 'zod';

import { backingFilesOf } from '../../image/disk/backing-files.ts';
import { openImage, type Image, type OpenOptions } from '../../image/open.ts';
import { messageOf, UsageError } from '../../util/errors.ts';
import { exists, fileState } from '../../util/files/look.ts';
import { describeOther } from '../../util/files/regular-file.ts';
import { sha256OfFile } from '../../util/files/sha256.ts';
import { keptDisk, RECORD_FILE, recordSchema, type MachineRecord } from './record.ts';

const ROOT = 0;
const WRITABLE_BY_ALL = 0o002;
const MAX_RECORD_BYTES = 64 * 2 ** 20;

/** What a failed machine has left, checked: its image is still what it was. */
export interface Remains {
  readonly directory: string;
  readonly record: MachineRecord;
  readonly image: Image;
}

/**
 * Opens what a machine has left in a report. Nothing in it is ever written. It may come from another host: what its disks
 * refer to is the image that the record names, and nothing else.
 *
 * @param path REPORT/VM, or the directory with the machine's evidence.
 * @throws {UsageError} when there is nothing to go on from, or the image has changed or is gone.
 */
export async function openRemains(
  path: string,
  options: Pick<OpenOptions, 'signal' | 'notice'> = {},
): Promise<Remains> {
  const directory = await evidenceAt(resolve(path));
  requireOwn(directory, await stat(directory));
  const record = await readRecord(join(directory, RECORD_FILE));
  const image = await openImageOf(record, options);
  await checkImage(record, image);
  for (const [index, base] of image.disks.entries()) {
    await checkDisk(join(directory, keptDisk(index)), base.path);
  }
  await requireFile(join(directory, plainName(record.firmwareVariables)));
  return { directory, record, image };
}

async function evidenceAt(path: string): Promise<string> {
  const inReport = join(dirname(path), 'vms', basename(path));
  for (const directory of [path, inReport]) if (await exists(join(directory, RECORD_FILE))) return directory;
  const there = (await exists(path)) || (await exists(inReport));
  const problem = there ? `${path} is no machine whose disks were kept` : `There is no machine at ${path}`;
  throw new UsageError(`${problem}: it has no ${RECORD_FILE}.`, {
    hint: 'Give REPORT/VM, where VM is one of the folders in REPORT/vms. Disks are kept of machines whose test failed.',
  });
}

async function readRecord(path: string): Promise<MachineRecord> {
  const { size } = await requireFile(path);
  if (size > MAX_RECORD_BYTES) throw new UsageError(`${path} has ${size} bytes, too many for what it is.`);
  try {
    return recordSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new UsageError(`${path} can't be understood: ${reason}`, { cause: error });
  }
}

async function openImageOf({ image }: MachineRecord, options: OpenOptions): Promise<Image> {
  try {
    return await openImage(image.path, { ...options, arch: image.arch, profile: image.profile ?? undefined });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`The image that the machine was booted from can't be opened: ${error.message}`, {
      cause: error,
    });
  }
}

async function checkImage({ image: { files } }: MachineRecord, image: Image): Promise<void> {
  const now = image.disks.flatMap(({ path, backingFiles = [] }) => [path, ...backingFiles]);
  if (now.length !== files.length) throw changed(`${image.path} has another number of disks`);
  for (const [index, { path, sha256, state }] of files.entries()) {
    const real = now[index];
    if (real === undefined || resolve(real) !== path) {
      throw changed(`${image.path} is no longer read from ${path}`);
    }
    if ((await fileState(path)).state === state) continue;
    const found = await sha256OfFile(path);
    if (found !== sha256) throw changed(`${path} had the sha256 ${sha256}, and now has ${found}`);
  }
}

function changed(how: string): UsageError {
  return new UsageError(`The image has changed since the machine was booted from it: ${how}.`, {
    hint: 'What the machine wrote makes sense on its own image only. Put that back, or repeat the test.',
  });
}

async function checkDisk(path: string, base: string): Promise<void> {
  await requireFile(path);
  const [behind] = await backingFilesOf(path);
  if (behind === resolve(base)) return;
  throw new UsageError(
    `${path} is laid over ${behind ?? 'nothing'}, and not over a disk of the machine's image.`,
  );
}

async function requireFile(path: string): Promise<{ readonly size: number }> {
  const found = await lstat(path).catch((error: unknown) => {
    throw new UsageError(`Of the machine, a file is missing: ${messageOf(error)}.`, { cause: error });
  });
  const other = found.isSymbolicLink() ? 'a link' : describeOther(found);
  if (other !== undefined) throw new UsageError(`${path} is ${other}, not a file.`);
  requireOwn(path, found);
  return found;
}

/** Whoever else can write it could replace it between these checks and its use. */
function requireOwn(path: string, { uid, mode }: Stats): void {
  const forAll = (mode & WRITABLE_BY_ALL) !== 0;
  if (!forAll && [ROOT, userInfo().uid].includes(uid)) return;
  const fault = forAll ? 'can be written by every user' : `belongs to another user (${uid})`;
  throw new UsageError(`${path} ${fault}, who could change it while it is in use.`, {
    hint: 'Copy the directory of the machine to one of your own, as with `cp -r`, and give that.',
  });
}

function plainName(name: string): string {
  if (/^[a-z0-9.-]+$/.test(name) && !name.startsWith('.')) return name;
  throw new UsageError(`"${name}" is no plain name of a file.`);
}
