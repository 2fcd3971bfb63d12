import type { TestError } from 'vitest';
import { createVitest, type TestCase } from 'vitest/node';

import { count, type Counts } from '../../harness/report/render/text.ts';
import type { Verdict } from '../../harness/report/schema.ts';
import { failureOf, NEVER_ENDED } from '../../harness/report/records/test-records.ts';
import type { Interruption } from '../cli/interruption.ts';
import type { Workplace } from './run-tests.ts';
import { verdictOf, type Outcome } from './verdict.ts';
import { cancelWhenInterrupted } from './vitest.ts';

export interface UnitTests {
  readonly counts: Counts;
  readonly verdict: Verdict;
}

/** Runs what `vitest.config.ts` describes. */
export async function runUnitTests(
  { root, buildGuestBridge }: Pick<Workplace, 'root' | 'buildGuestBridge'>,
  interruption: Interruption,
): Promise<UnitTests> {
  const bridge = await buildGuestBridge?.(interruption.signal);
  const env = bridge === undefined ? {} : { HOTFIRE_GUEST_BRIDGE: bridge };
  const vitest = await createVitest('test', { root, watch: false, reporters: ['dot'], env });
  cancelWhenInterrupted(vitest, interruption);
  try {
    const { testModules, unhandledErrors } = await vitest.start();
    const outside = [...unhandledErrors, ...testModules.flatMap((module) => module.errors())];
    const outcomes = [
      ...outside.map((error) => ({ state: 'failed' as const, failures: [failureOf(error as TestError)] })),
      ...testModules.flatMap((module) => [...module.children.allTests()].map(outcomeOf)),
    ];
    return { counts: count(outcomes), verdict: verdictOf(outcomes, interruption.signal.aborted) };
  } finally {
    await vitest.close();
  }
}

function outcomeOf(test: TestCase): Outcome {
  const { state, errors = [] } = test.result();
  if (state === 'pending') return { state: 'failed', failures: [NEVER_ENDED] };
  return { state, failures: errors.map(failureOf) };
}
