import { open, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheLocation } from '../../util/files/cache-location.ts';
import { diskUse } from '../../util/files/disk-use.ts';
import { leastUseful, worthLessThan, type Kept } from '../../util/files/eviction.ts';
import { KeyedDirectories, type MakeTarget, type ObtainOptions } from '../../util/files/keyed-directories.ts';
import { namesIn } from '../../util/files/look.ts';
import { makePrivateDirectory } from '../../util/files/private-directory.ts';
import { InfrastructureError, messageOf } from '../../util/errors.ts';

/** Some thirty templates of 1 GiB machines. */
const MAX_BYTES = 8 * 2 ** 30;
const OWNER_ONLY = 0o700;
const HINT = 'Free some space there, or point HOTFIRE_CACHE to a larger disk.';

export interface StoreOptions extends ObtainOptions {
  /** What an entry may grow to. Default: unknown, nothing is asked of the disk. */
  readonly neededBytes?: number;
}

/** Frozen machines by key, closed to all other users, since a guest's memory holds secrets. */
export class SnapshotStore {
  readonly #root: string;
  readonly #directories: KeyedDirectories;

  /** @throws {InfrastructureError} when other users could look into it. */
  constructor(root = join(cacheLocation(), 'templates')) {
    makePrivateDirectory(root);
    this.#root = root;
    this.#directories = new KeyedDirectories(root, { tidy: () => this.tidy(), mode: OWNER_ONLY });
  }

  /**
   * @returns the entry's directory, made now unless it was there.
   * @throws {InfrastructureError} when the disk has no room for it or can't be written; else what `make` throws.
   */
  async obtain(
    key: string,
    make: (target: MakeTarget, signal: AbortSignal) => Promise<void>,
    { neededBytes = 0, ...options }: StoreOptions,
  ): Promise<string> {
    const makeDurable = async (target: MakeTarget, signal: AbortSignal): Promise<void> => {
      await this.#makeRoom(neededBytes);
      await make(target, signal);
      await toDisk(target.directory);
    };
    try {
      return await this.#directories.obtain(key, makeDurable, options);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new InfrastructureError(`Cannot keep a template in ${this.#root}: ${messageOf(error)}.`, {
        cause: error,
        hint: HINT,
      });
    }
  }

  /** Removes what makers that were killed left, and entries that are old, or least used where all are too large. */
  async tidy(): Promise<void> {
    await this.#directories.sweep();
    for (const { name } of leastUseful(await this.#kept(), Date.now(), MAX_BYTES)) {
      await this.#directories.remove(name);
    }
  }

  /** A guest whose memory lies on a full disk is killed when it first writes to a page. */
  async #makeRoom(neededBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#root);
    const freeBytes = bavail * bsize;
    if (freeBytes >= neededBytes) return;
    const victims = worthLessThan(neededBytes - freeBytes, await this.#kept(), Date.now());
    if (victims === undefined) {
      throw new InfrastructureError(
        `The disk is too full for a template: it may need ${neededBytes} bytes in ${this.#root}, ${freeBytes} are available.`,
        { hint: HINT },
      );
    }
    for (const { name } of victims) await this.#directories.remove(name);
  }

  async #kept(): Promise<Kept[]> {
    return Promise.all(
      (await this.#directories.keys()).map(async (name) => {
        const entry = this.#directories.entry(name);
        return { name, usedAtMs: (await stat(entry)).mtimeMs, bytes: await diskUse(entry) };
      }),
    );
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** A host that crashes must not leave a whole name with torn contents. */
async function toDisk(directory: string): Promise<void> {
  for (const name of [...(await namesIn(directory)), '.']) {
    await using file = await open(join(directory, name));
    await file.sync();
  }
}
