import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

import { UsageError } from '../errors.ts';

/** What a path leads to, in words, unless it is a file. */
export function describeOther(found: Stats): string | undefined {
  if (found.isFIFO()) return 'a FIFO';
  if (found.isSocket()) return 'a socket';
  if (found.isBlockDevice()) return 'a block device';
  if (found.isCharacterDevice()) return 'a character device';
  return found.isDirectory() ? 'a directory' : undefined;
}

/**
 * The content of a file that a user named. Looks before it opens: to open a FIFO waits for its writer, a device may
 * never end, and some act on it.
 *
 * @throws {UsageError} for anything but a file; Node's own error when it can't be read.
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  const other = describeOther(await stat(path));
  if (other !== undefined) throw new UsageError(`${path} is ${other}, not a file.`);
  return readFile(path);
}
