import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheLocation } from '../../util/files/cache-location.ts';
import { tryLock, withLock } from '../../util/files/lock.ts';
import { makePrivateDirectory } from '../../util/files/private-directory.ts';
import { leastUseful, type Kept } from './eviction.ts';

export interface MakeTarget {
  /** Empty; to be filled. */
  readonly directory: string;
  /** Where the finished directory will lie. */
  readonly home: string;
}

export interface ObtainOptions {
  readonly signal: AbortSignal;
  /** Called once if another process is making the same. */
  readonly waiting: () => void;
}

/**
 * Directories by key, shared by all runs of one user and closed to all others, since a guest's memory holds secrets. An
 * entry is made under `unfinished/` and renamed into `entries/`: what is there is whole, even if a maker was killed.
 */
export class SnapshotStore {
  readonly #root: string;

  /** @throws {InfrastructureError} when other users could look into it. */
  constructor(root = join(cacheLocation(), 'templates')) {
    makePrivateDirectory(root);
    this.#root = root;
  }

  /** @returns the entry's directory, made now unless it was there. */
  async obtain(
    key: string,
    make: (target: MakeTarget, signal: AbortSignal) => Promise<void>,
    { signal, waiting }: ObtainOptions,
  ): Promise<string> {
    const home = join(this.#root, 'entries', key);
    if (!(await exists(home))) {
      await withLock(this.#lockPath(key), signal, waiting, async (held) => {
        if (!(await exists(home))) await this.#make(key, home, (target) => make(target, held));
      });
      await this.tidy();
    }
    const now = new Date();
    await utimes(home, now, now);
    return home;
  }

  /** Removes what makers that were killed left, and entries that are old, or least used where all are too large. */
  async tidy(): Promise<void> {
    for (const key of await namesIn(join(this.#root, 'unfinished'))) {
      await this.#remove(key, join(this.#root, 'unfinished', key));
    }
    for (const { name } of leastUseful(await this.#kept(), Date.now())) {
      await this.#remove(name, join(this.#root, 'entries', name));
    }
  }

  async #make(key: string, home: string, make: (target: MakeTarget) => Promise<void>): Promise<void> {
    const directory = join(this.#root, 'unfinished', key);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      await make({ directory, home });
      await toDisk(directory);
      await mkdir(join(this.#root, 'entries'), { recursive: true, mode: 0o700 });
      await rename(directory, home);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** What is being made is locked, and stays. */
  async #remove(key: string, directory: string): Promise<void> {
    const release = await tryLock(this.#lockPath(key), () => undefined);
    if (release === undefined) return;
    await rm(directory, { recursive: true, force: true });
    await release();
  }

  async #kept(): Promise<Kept[]> {
    const entries = join(this.#root, 'entries');
    const names = await namesIn(entries);
    return Promise.all(
      names.map(async (name) => {
        const { mtimeMs } = await stat(join(entries, name));
        return { name, usedAtMs: mtimeMs, bytes: await bytesIn(join(entries, name)) };
      }),
    );
  }

  #lockPath(key: string): string {
    return join(this.#root, 'locks', key);
  }
}

/** A host that crashes must not leave a whole name with torn contents. */
async function toDisk(directory: string): Promise<void> {
  for (const name of [...(await namesIn(directory)), '.']) {
    await using file = await open(join(directory, name));
    await file.sync();
  }
}

/** What the files take up: a guest's memory is mostly holes. */
async function bytesIn(directory: string): Promise<number> {
  const BLOCK_BYTES = 512;
  const sizes = (await namesIn(directory)).map(async (name) => {
    const { blocks } = await stat(join(directory, name));
    return blocks * BLOCK_BYTES;
  });
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
