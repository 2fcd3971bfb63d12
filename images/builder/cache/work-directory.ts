import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { removeTree } from '../command/remove-tree.ts';
import { withLock } from './lock.ts';
import type { StepContext } from './step.ts';

/**
 * Lends a directory that outlives builds, so that make and cargo redo only what changed. Its use is exclusive. A use
 * that was killed may have left torn files which make takes for good ones: the next one then begins with nothing.
 */
export async function useWorkDirectory<T>(
  cacheRoot: string,
  name: string,
  context: StepContext,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = join(cacheRoot, 'work', name);
  const inUse = `${directory}.in-use`;
  const waiting = (): void => {
    context.note(`waiting for another build that works in ${directory}`);
  };
  return withLock(join(cacheRoot, 'locks', `work-${name}`), context.signal, waiting, async () => {
    if ((await stat(inUse).catch(() => undefined)) !== undefined) await removeTree(directory);
    await mkdir(directory, { recursive: true });
    await writeFile(inUse, '');
    try {
      return await work(directory);
    } finally {
      if (!context.signal.aborted) await rm(inUse);
    }
  });
}
