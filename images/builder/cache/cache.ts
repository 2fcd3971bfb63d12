import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { execa } from 'execa';

import type { Events } from '../../../harness/util/events.ts';
import { tryLock, withLock } from '../../../harness/util/files/lock.ts';
import { exists, namesIn } from '../../../harness/util/files/look.ts';
import { sha256OfFile } from '../../../harness/util/files/sha256.ts';
import { removeTree } from '../command/remove-tree.ts';
import { explainFullDisk, requireSpace } from '../host/disk-space.ts';
import type { BuildEvents } from './events.ts';
import { evict, markUsed } from './evict.ts';
import { entryName, keyOf, type Entry, type Step } from './step.ts';

/**
 * Results of steps by the content of their inputs. An entry is made under `unfinished/`, put on the disk, and renamed
 * into `entries/`: what is there is whole, whenever the build was stopped.
 */
export class Cache {
  readonly root: string;
  readonly #events: Events<BuildEvents>;
  readonly #signal: AbortSignal;

  readonly #rebuild: boolean;

  constructor(
    root: string,
    events: Events<BuildEvents>,
    signal: AbortSignal,
    options: { readonly rebuild?: boolean } = {},
  ) {
    this.root = root;
    this.#events = events;
    this.#signal = signal;
    this.#rebuild = options.rebuild ?? false;
  }

  /** @returns the step's entry, made now unless it was there. */
  async obtain(step: Step): Promise<Entry> {
    this.#signal.throwIfAborted();
    const name = entryName(step);
    const directory = join(this.root, 'entries', name);
    if (!this.#rebuild && (await exists(directory))) {
      this.#events.emit('cached', { step: step.name });
      await markUsed(directory);
      return entryAt(directory, step);
    }
    const waiting = (): void => {
      this.#events.emit('note', { step: step.name, text: 'waiting for another build that makes the same' });
    };
    await withLock(this.#lockPath(name), this.#signal, waiting, async () => {
      if (this.#rebuild) await removeTree(directory);
      if (!(await exists(directory))) await this.#make(step, name, directory);
    });
    return entryAt(directory, step);
  }

  /** @returns the step's entry if it is there; nothing is made. */
  async find(step: Step): Promise<Entry | undefined> {
    const directory = join(this.root, 'entries', entryName(step));
    if (!(await exists(directory))) return undefined;
    await markUsed(directory);
    return entryAt(directory, step);
  }

  /** Removes what killed builds left unfinished, and what is long unused; what another build is at work on is locked and stays. */
  async sweep(): Promise<void> {
    for (const name of await namesIn(join(this.root, 'unfinished'))) {
      const lock = await tryLock(this.#lockPath(name));
      if (lock === undefined) continue;
      try {
        await removeTree(join(this.root, 'unfinished', name));
      } finally {
        lock.release();
      }
    }
    await evict(this.root);
  }

  async #make(step: Step, name: string, directory: string): Promise<void> {
    const signal = this.#signal;
    const unfinished = join(this.root, 'unfinished', name);
    const log = join(this.root, 'logs', `${name}.log`);
    await removeTree(unfinished);
    await mkdir(unfinished, { recursive: true });
    await mkdir(dirname(log), { recursive: true });
    await (await open(log, 'w')).close();
    const startedMs = performance.now();
    let failed = true;
    this.#events.emit('started', { step: step.name, log });
    try {
      await requireSpace(this.root, step.spaceBytes, step.name);
      const note = (text: string): void => {
        this.#events.emit('note', { step: step.name, text });
      };
      await step.build(unfinished, { log, signal, note });
      signal.throwIfAborted();
      await publish(unfinished, directory);
      failed = false;
    } catch (error) {
      throw signal.aborted ? signal.reason : await explainFullDisk(error, log, this.root, step);
    } finally {
      await removeTree(unfinished);
      this.#events.emit('ended', { step: step.name, elapsedMs: performance.now() - startedMs, failed });
    }
  }

  #lockPath(name: string): string {
    return join(this.root, 'locks', `${name}.lock`);
  }
}

async function publish(unfinished: string, directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  // One call for the whole file system: an entry may have 60,000 files.
  await execa('sync', ['--file-system', unfinished]);
  await rename(unfinished, directory);
  await using parent = await open(dirname(directory), 'r');
  await parent.sync();
}

async function entryAt(directory: string, step: Step): Promise<Entry> {
  const identity =
    step.identityFile === undefined ? keyOf(step) : await sha256OfFile(join(directory, step.identityFile));
  return { directory, identity };
}
