import { join } from 'node:path';

import tmp from 'tmp-promise';
import { onTestFinished } from 'vitest';

/** A directory that goes when the current test ends. @returns a function that names files in it. */
export async function scratchDirectory(): Promise<(name: string) => string> {
  const { path, cleanup } = await tmp.dir({ prefix: 'hotfire-test-', unsafeCleanup: true });
  onTestFinished(async () => {
    await cleanup();
  });
  return (name) => join(path, name);
}
