import { UsageError } from '../../harness/util/errors.ts';
import { defineCommand } from '../cli/command.ts';
import { FALSE_ALARM_RATE } from './compare.ts';

export const COMPARE_COMMAND = defineCommand({
  usage: 'npm run compare -- A B [--json]',
  summary:
    'Shows what changed from report A to report B: newly failing, fixed, flaky, slower.\n' +
    `Samples are compared by a permutation test, whose false-alarm rate is ${FALSE_ALARM_RATE * 100} % for a whole comparison.\n` +
    'Exit codes: 0 nothing is worse, 1 something newly fails or is slower, 64 wrong use.',
  positionals: { value: 'A B', help: 'Each a run.json, or the directory of a report.' },
  flags: { json: { help: 'Prints the comparison as JSON.' } },
});

/** @throws {UsageError} unless two reports are named. */
export function parseCompared(paths: readonly string[]): readonly [string, string] {
  const [before, after, ...others] = paths;
  if (before !== undefined && after !== undefined && others.length === 0) return [before, after];
  throw new UsageError(`Name two reports, not ${paths.length}: the earlier one and the later one.`);
}
