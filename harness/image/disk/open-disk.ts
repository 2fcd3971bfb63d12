import { open } from 'node:fs/promises';

import { diskSizeBytes, readRange, type DiskFile } from '../../disk/disk-io.ts';
import { NoGptError, readGptOf, type GptTable } from '../../disk/gpt/table.ts';
import { ImageError, UsageError } from '../../util/errors.ts';
import { backingFilesOf, readQcow2Header } from './backing-files.ts';
import { unreadable } from './file-kind.ts';
import { END_BYTES, formatOf, START_BYTES, type Format } from './formats.ts';
import { unpack, type UnpackOptions } from '../unpack/unpack.ts';
import { explainMissingGpt } from './without-gpt.ts';

/** @throws {UsageError} when the file can't be read. */
export async function formatOfFile(path: string): Promise<Format> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const read = async (offset: number, lengthBytes: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offset);
      return buffer.subarray(0, bytesRead);
    };
    return formatOf(path, await read(0, START_BYTES), await read(Math.max(0, size - END_BYTES), END_BYTES));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * A disk that QEMU can be given, unpacked if need be.
 *
 * @throws {UsageError} for a file of another kind, or one that refers to files that are not there.
 */
export async function openDisk(path: string, format: Format, options: UnpackOptions = {}): Promise<DiskFile> {
  switch (format.kind) {
    case 'raw':
      return { path, format: 'raw' };
    case 'qcow2':
      return { path, format: 'qcow2', backingFiles: await backingFilesOf(path) };
    case 'compressed':
      return openUnpacked(path, await unpack(path, format.compression, options));
    case 'foreign':
      throw new UsageError(`${path} is ${format.what}; a disk must be raw or qcow2.`, {
        hint: `Make one of it first: ${format.command}`,
      });
    case 'manifest':
      throw new UsageError(`${path} is no disk; it looks like JSON.`);
  }
}

async function openUnpacked(packed: string, path: string): Promise<DiskFile> {
  if ((await formatOfFile(path)).kind === 'raw') return { path, format: 'raw' };
  const { backingName } = await readQcow2Header(path);
  if (backingName === undefined) return { path, format: 'qcow2', backingFiles: [] };
  throw new UsageError(`${packed} holds a qcow2 disk that is an overlay on another file.`, {
    hint: 'Unpack it by hand beside its backing file, and give what comes out.',
  });
}

/**
 * The table of a disk, both copies of it intact.
 *
 * @param name of the disk in messages.
 * @throws {UsageError} when there is none, or it is damaged.
 */
export async function readIntactGpt(name: string, disk: DiskFile): Promise<GptTable> {
  const sizeBytes = await diskSizeBytes(disk);
  const read = (offset: number, lengthBytes: number): Promise<Buffer> => readRange(disk, offset, lengthBytes);
  try {
    const gpt = await readGptOf({ name, sizeBytes, read });
    if (gpt.copiesAgree) return gpt;
    const [fault] = Object.entries(gpt.faults).filter(([, text]) => text !== undefined);
    const what = fault === undefined ? 'copies disagree' : `${fault[0]} copy ${String(fault[1])}`;
    throw new ImageError(`${name} is damaged: of its partition table the ${what}.`, {
      hint: 'Build it or copy it again. If the rest is sound, sgdisk (commands v, and e in its expert menu) repairs a copy.',
    });
  } catch (error) {
    if (error instanceof NoGptError) {
      throw explainMissingGpt(name, await read(0, Math.min(START_BYTES, sizeBytes)), sizeBytes, error);
    }
    if (!(error instanceof ImageError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
