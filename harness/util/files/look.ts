import { readdir, realpath, stat } from 'node:fs/promises';

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** @returns nothing for a directory that is not there. */
export async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

export interface FileState {
  /** The path, with links resolved. */
  readonly real: string;
  /** Another one when the file is replaced: its size, time and inode. */
  readonly state: string;
}

/** Enough to tell whether a large file is still the same without reading it. */
export async function fileState(path: string): Promise<FileState> {
  const real = await realpath(path);
  const { size, mtimeNs, ino } = await stat(real, { bigint: true });
  return { real, state: [size, mtimeNs, ino].join(' ') };
}
