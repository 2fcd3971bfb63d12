import { mkdir, readdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheLocation } from '../../util/files/cache-location.ts';
import { tryLock, withLock } from '../../util/files/lock.ts';
import { sha256 } from '../../util/files/sha256.ts';

const KEY_DIGITS = 16;
const HOUR_MS = 3600 * 1000;
/** A run says that it uses an entry at its beginning only, and its machines refer to the file for long. */
const IN_USE_MS = 6 * HOUR_MS;
const MAX_AGE_MS = 14 * 24 * HOUR_MS;

export interface UnpackedCacheOptions {
  readonly signal: AbortSignal;
  /** Called once if another process unpacks the same now. */
  readonly waiting: () => void;
}

/**
 * Where unpacked images are kept, each in a directory of its own: `entries/<path>-<state>`, by digests of the packed
 * file's path and of its size, time and inode. An entry is made under `unfinished/` and renamed: what is there is whole.
 */
export class UnpackedCache {
  readonly #root: string;

  constructor(root = join(cacheLocation(), 'unpacked')) {
    this.#root = root;
  }

  /** @returns the entry's directory, filled by `fill` now unless it was there. */
  async obtain(
    path: string,
    fill: (directory: string, signal: AbortSignal) => Promise<void>,
    { signal, waiting }: UnpackedCacheOptions,
  ): Promise<string> {
    const key = await keyOf(path);
    const home = this.#in('entries', key);
    if (!(await exists(home))) {
      await withLock(this.#in('locks', key), signal, waiting, async (held) => {
        if (!(await exists(home))) await this.#fill(key, (directory) => fill(directory, held));
      });
      await this.#tidy(key);
    }
    const now = new Date();
    await utimes(home, now, now);
    return home;
  }

  async #fill(key: string, fill: (directory: string) => Promise<void>): Promise<void> {
    const directory = this.#in('unfinished', key);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    try {
      await fill(directory);
      await mkdir(this.#in('entries'), { recursive: true });
      await rename(directory, this.#in('entries', key));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Removes what was left by processes that were killed, earlier states of the same file, and what is long unused. */
  async #tidy(current: string): Promise<void> {
    for (const key of await namesIn(this.#in('unfinished')))
      await this.#remove(key, this.#in('unfinished', key));
    for (const key of await namesIn(this.#in('entries'))) {
      const unusedMs = Date.now() - (await stat(this.#in('entries', key))).mtimeMs;
      const isEarlier = key !== current && key.slice(0, KEY_DIGITS) === current.slice(0, KEY_DIGITS);
      if (unusedMs > (isEarlier ? IN_USE_MS : MAX_AGE_MS)) await this.#remove(key, this.#in('entries', key));
    }
  }

  /** What another process is at work on is locked, and stays. */
  async #remove(key: string, directory: string): Promise<void> {
    const release = await tryLock(this.#in('locks', key), () => undefined);
    if (release === undefined) return;
    await rm(directory, { recursive: true, force: true });
    await release();
  }

  #in(...names: string[]): string {
    return join(this.#root, ...names);
  }
}

async function keyOf(path: string): Promise<string> {
  const real = await realpath(path);
  const { size, mtimeNs, ino } = await stat(real, { bigint: true });
  const digest = (text: string): string => sha256(text).slice(0, KEY_DIGITS);
  return `${digest(real)}-${digest([size, mtimeNs, ino].join(' '))}`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
