import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Of `st_blocks`, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

/**
 * The bytes that a file, or a directory with all that is in it, takes up on its disk: what is mostly holes counts little.
 * Links are not followed, and what goes in the meantime counts nothing.
 */
export async function diskUse(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  let bytes = found.blocks * BLOCK_BYTES;
  if (!found.isDirectory()) return bytes;
  // One after the other: thousands of machines may have left evidence, and a process has few descriptors.
  for (const name of await readdir(path).catch(() => [])) bytes += await diskUse(join(path, name));
  return bytes;
}
