import { rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { tryLock, withLock } from './lock.ts';
import { exists, namesIn } from './look.ts';
import { makeDirectory } from './make-directory.ts';

export interface MakeTarget {
  /** Empty; to be filled. */
  readonly directory: string;
  /** Where the finished directory will be. */
  readonly home: string;
}

export interface ObtainOptions {
  readonly signal: AbortSignal;
  /** Called once if another process is making the same. */
  readonly waiting: () => void;
}

export interface KeyedDirectoriesOptions {
  /** Called after an entry was made, to remove what is no longer worth its room. */
  readonly tidy: (made: string) => Promise<void>;
  /** Of directories below the root. Default: as the user's umask has it. */
  readonly mode?: number;
}

/**
 * Directories by key, shared by all runs. An entry is made under `unfinished/`, by one process at a time, and renamed into
 * `entries/`: what is there is whole, even if a maker was killed. The time of an entry is that of its last use.
 */
export class KeyedDirectories {
  readonly #root: string;
  readonly #options: KeyedDirectoriesOptions;

  constructor(root: string, options: KeyedDirectoriesOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** @returns the entry's directory, made now unless it was there. */
  async obtain(
    key: string,
    make: (target: MakeTarget, signal: AbortSignal) => Promise<void>,
    { signal, waiting }: ObtainOptions,
  ): Promise<string> {
    const home = this.entry(key);
    if (!(await exists(home))) {
      await withLock(this.#lock(key), signal, waiting, async () => {
        if (!(await exists(home))) await this.#make(key, home, (target) => make(target, signal));
      });
      await this.#options.tidy(key);
    }
    const now = new Date();
    await utimes(home, now, now);
    return home;
  }

  /** Keys of the entries that there are. */
  keys(): Promise<string[]> {
    return namesIn(join(this.#root, 'entries'));
  }

  entry(key: string): string {
    return join(this.#root, 'entries', key);
  }

  /** Removes an entry, unless a process is at work on its key. */
  remove(key: string): Promise<void> {
    return this.#removeUnlessLocked(key, this.entry(key));
  }

  /** Removes what makers that were killed left; what is being made stays. */
  async sweep(): Promise<void> {
    for (const key of await namesIn(join(this.#root, 'unfinished'))) {
      await this.#removeUnlessLocked(key, this.#unfinished(key));
    }
  }

  async #make(key: string, home: string, make: (target: MakeTarget) => Promise<void>): Promise<void> {
    const directory = this.#unfinished(key);
    const { mode } = this.#options;
    await rm(directory, { recursive: true, force: true });
    makeDirectory(directory, mode);
    try {
      await make({ directory, home });
      makeDirectory(join(this.#root, 'entries'), mode);
      await rename(directory, home);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #removeUnlessLocked(key: string, directory: string): Promise<void> {
    const lock = await tryLock(this.#lock(key));
    if (lock === undefined) return;
    try {
      await rm(directory, { recursive: true, force: true });
    } finally {
      lock.release();
    }
  }

  #unfinished(key: string): string {
    return join(this.#root, 'unfinished', key);
  }

  #lock(key: string): string {
    return join(this.#root, 'locks', `${key}.lock`);
  }
}
