import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheLocation } from '../../util/files/cache-location.ts';
import { KeyedDirectories, type MakeTarget, type ObtainOptions } from '../../util/files/keyed-directories.ts';
import { namesIn } from '../../util/files/look.ts';
import { makePrivateDirectory } from '../../util/files/private-directory.ts';
import { leastUseful, type Kept } from './eviction.ts';

const OWNER_ONLY = 0o700;

/** Frozen machines by key, closed to all other users, since a guest's memory holds secrets. */
export class SnapshotStore {
  readonly #directories: KeyedDirectories;

  /** @throws {InfrastructureError} when other users could look into it. */
  constructor(root = join(cacheLocation(), 'templates')) {
    makePrivateDirectory(root);
    this.#directories = new KeyedDirectories(root, { tidy: () => this.tidy(), mode: OWNER_ONLY });
  }

  /** @returns the entry's directory, made now unless it was there. */
  obtain(
    key: string,
    make: (target: MakeTarget, signal: AbortSignal) => Promise<void>,
    options: ObtainOptions,
  ): Promise<string> {
    const makeDurable = async (target: MakeTarget, signal: AbortSignal): Promise<void> => {
      await make(target, signal);
      await toDisk(target.directory);
    };
    return this.#directories.obtain(key, makeDurable, options);
  }

  /** Removes what makers that were killed left, and entries that are old, or least used where all are too large. */
  async tidy(): Promise<void> {
    await this.#directories.sweep();
    for (const { name } of leastUseful(await this.#kept(), Date.now())) await this.#directories.remove(name);
  }

  async #kept(): Promise<Kept[]> {
    return Promise.all(
      (await this.#directories.keys()).map(async (name) => {
        const entry = this.#directories.entry(name);
        return { name, usedAtMs: (await stat(entry)).mtimeMs, bytes: await bytesIn(entry) };
      }),
    );
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
