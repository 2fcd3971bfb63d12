import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { removeTree } from '../command/remove-tree.ts';
import { withLock } from '../../../harness/util/files/lock.ts';
import type { StepContext } from './step.ts';

export interface WorkDirectory {
  readonly name: string;
  /**
   * After a use that was killed: make would take torn files for good ones, so its directory is wiped; cargo would not,
   * so it may keep what it has.
   */
  readonly afterKill: 'wipe' | 'keep';
}

/** Lends a directory that outlives builds, so that make and cargo redo only what changed. Its use is exclusive. */
export async function useWorkDirectory<T>(
  cacheRoot: string,
  { name, afterKill }: WorkDirectory,
  context: StepContext,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = join(cacheRoot, 'work', name);
  const inUse = `${directory}.in-use`;
  const waiting = (): void => {
    context.note(`waiting for another build that works in ${directory}`);
  };
  return withLock(join(cacheRoot, 'locks', `work-${name}.lock`), context.signal, waiting, async () => {
    const wasKilled = (await stat(inUse).catch(() => undefined)) !== undefined;
    if (wasKilled && afterKill === 'wipe') await removeTree(directory);
    await mkdir(directory, { recursive: true });
    await writeFile(inUse, '');
    try {
      return await work(directory);
    } finally {
      if (!context.signal.aborted) await rm(inUse);
    }
  });
}
