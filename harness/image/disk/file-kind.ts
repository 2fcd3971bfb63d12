import { access, constants, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';

import { messageOf, UsageError } from '../../util/errors.ts';
import { describeOther } from '../../util/files/regular-file.ts';

/** What can be opened: said wherever something else was named. */
export const OPENABLE =
  'It must be a disk (raw or qcow2, or such a one packed with gzip, xz or zstd), an image.json, or the directory that holds one.';

/**
 * Looks before anything is opened: to open a FIFO waits for its writer, and some devices act on it.
 *
 * @throws {UsageError} when there is nothing, or neither a file nor a directory.
 */
export async function directoryOrFile(path: string): Promise<'directory' | 'file'> {
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(`Cannot read an image at "${path}": ${messageOf(error)}.`, {
      cause: error,
      hint: OPENABLE,
    });
  });
  if (found.isDirectory()) return 'directory';
  await requireReadableFile(path, found);
  return 'file';
}

/** @throws {UsageError} when the path leads to something else, or may not be read. */
export async function requireReadableFile(path: string, found: Stats): Promise<void> {
  const other = describeOther(found);
  if (other !== undefined) {
    throw new UsageError(`${path} is ${other}, not a file.`, {
      hint: found.isBlockDevice()
        ? `Copy the device to a file first: qemu-img convert -O qcow2 ${path} disk.qcow2`
        : OPENABLE,
    });
  }
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

export function unreadable(path: string, error: unknown): UsageError {
  return new UsageError(`${path} cannot be read: ${messageOf(error)}.`, {
    cause: error,
    hint: 'Check its permissions, and the disk that it lies on.',
  });
}
