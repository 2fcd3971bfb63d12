import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheLocation } from '../../util/files/cache-location.ts';
import { KeyedDirectories, type ObtainOptions } from '../../util/files/keyed-directories.ts';
import { fileState } from '../../util/files/look.ts';
import { sha256 } from '../../util/files/sha256.ts';

const KEY_DIGITS = 16;
const HOUR_MS = 3600 * 1000;
/** A run says that it uses an entry at its beginning only, and its machines refer to the file for long. */
const IN_USE_MS = 6 * HOUR_MS;
const MAX_AGE_MS = 14 * 24 * HOUR_MS;

/** Unpacked images by `<path>-<state>`: digests of the packed file's path and of its size, time and inode. */
export class UnpackedCache {
  readonly #directories: KeyedDirectories;

  constructor(root = join(cacheLocation(), 'unpacked')) {
    this.#directories = new KeyedDirectories(root, { tidy: (made) => this.#tidy(made) });
  }

  /** @returns the entry's directory, filled by `fill` now unless it was there. */
  async obtain(
    path: string,
    fill: (directory: string, signal: AbortSignal) => Promise<void>,
    options: ObtainOptions,
  ): Promise<string> {
    const make = ({ directory }: { directory: string }, signal: AbortSignal) => fill(directory, signal);
    return this.#directories.obtain(await keyOf(path), make, options);
  }

  /** Removes what was left by processes that were killed, earlier states of the same file, and what is long unused. */
  async #tidy(current: string): Promise<void> {
    await this.#directories.sweep();
    for (const key of await this.#directories.keys()) {
      const unusedMs = Date.now() - (await stat(this.#directories.entry(key))).mtimeMs;
      const isEarlier = key !== current && key.slice(0, KEY_DIGITS) === current.slice(0, KEY_DIGITS);
      if (unusedMs > (isEarlier ? IN_USE_MS : MAX_AGE_MS)) await this.#directories.remove(key);
    }
  }
}

async function keyOf(path: string): Promise<string> {
  const { real, state } = await fileState(path);
  const digest = (text: string): string => sha256(text).slice(0, KEY_DIGITS);
  return `${digest(real)}-${digest(state)}`;
}
