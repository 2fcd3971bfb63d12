import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * Opens what a machine left, for reading.
 *
 * @returns undefined when there is no such regular file; what a link leads to is not read, nor is a FIFO's writer waited for.
 */
export async function openEvidence(
  path: string,
): Promise<{ readonly file: FileHandle; readonly size: number } | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  const found = await file.stat();
  if (found.isFile()) return { file, size: found.size };
  await file.close();
  return undefined;
}
