import { createVitest } from 'vitest/node';

import type { Counts } from '../../harness/report/render/text.ts';
import type { Interruption } from '../cli/interruption.ts';
import type { Workplace } from './run-tests.ts';
import { cancelWhenInterrupted } from './vitest.ts';

/** Runs what `vitest.config.ts` describes. */
export async function runUnitTests(
  { root, buildGuestBridge }: Pick<Workplace, 'root' | 'buildGuestBridge'>,
  interruption: Interruption,
): Promise<Counts> {
  const bridge = await buildGuestBridge?.(interruption.signal);
  const env = bridge === undefined ? {} : { HOTFIRE_GUEST_BRIDGE: bridge };
  const vitest = await createVitest('test', { root, watch: false, reporters: ['dot'], env });
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
