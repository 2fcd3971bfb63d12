import { open, rename, rm } from 'node:fs/promises';

/** Where a file is written that is not whole yet; a process that was killed leaves it. */
export function unfinishedOf(path: string): string {
  return `${path}.unfinished`;
}

/**
 * Writes a file so that under its name there is all of the text or what was there before, whenever the disk is full or the
 * process is killed.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = unfinishedOf(path);
  try {
    await using file = await open(unfinished, 'w');
    await file.writeFile(text);
    await file.sync();
    await rename(unfinished, path);
  } catch (error) {
    // What it takes up may be just what the next file needs.
    await rm(unfinished, { force: true });
    throw error;
  }
}
