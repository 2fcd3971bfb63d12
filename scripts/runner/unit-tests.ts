import { createVitest } from 'vitest/node';

import type { Counts } from '../../harness/report/render/text.ts';
import type { Interruption } from '../cli/interruption.ts';
import { cancelWhenInterrupted } from './vitest.ts';

/** Runs what `vitest.config.ts` describes. */
export async function runUnitTests(root: string, interruption: Interruption): Promise<Counts> {
  const vitest = await createVitest('test', { root, watch: false, reporters: ['dot'] });
  cancelWhenInterrupted(vitest, interruption);
  try {
    const { testModules, unhandledErrors } = await vitest.start();
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of testModules) {
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
    }
    return counts;
  } finally {
    await vitest.close();
  }
}
