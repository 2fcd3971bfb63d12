import type { FailureRecord, StepRecord } from '../schema.ts';

/** How vitest ends what has not ended by itself (packages/runner of vitest 4). */
const CUT_OFF = /^(?:Test|Hook) timed out in \d+ms\b/;

/**
 * A test that is cut off at its limit says by itself only that; its steps say what it waited for.
 *
 * @param steps those of the test; the open ones have no duration.
 * @param endMs when it was cut off, on the clock of the steps.
 */
export function explainCutOff(
  failure: FailureRecord,
  steps: readonly StepRecord[],
  endMs: number,
): FailureRecord {
  if (!CUT_OFF.test(failure.message)) return failure;
  const open = steps.filter(({ durationMs }) => durationMs === null);
  const where = open.map(({ name, startMs }) => `"${name}", for ${Math.round(endMs - startMs)} ms`);
  const text = where.length === 0 ? 'It was in none of its steps.' : `It was in ${where.join(', in ')}.`;
  return { ...failure, message: `${failure.message}\n${text}` };
}
