import { Events } from '../../harness/util/events.ts';
import type { BuildEvents } from '../../images/builder/cache/events.ts';
import { BuildProgress } from '../../images/builder/progress.ts';

/** Does what builds, and shows on standard error how it goes. */
export async function showProgress<T>(
  build: (events: Events<BuildEvents>) => Promise<T>,
  events = new Events<BuildEvents>(),
): Promise<T> {
  const progress = new BuildProgress(events, process.stderr);
  try {
    return await build(events);
  } finally {
    progress.stop();
  }
}
