import type { FailureRecord, RunReport, TestRecord, Verdict } from '../../harness/report/schema.ts';
import { quarantineText } from '../../harness/report/quarantine/apply.ts';
import { EXIT_CODES, type ExitCode } from '../../harness/util/errors.ts';

export interface Outcome extends Pick<TestRecord, 'state'> {
  readonly failures: readonly Pick<FailureRecord, 'infrastructure'>[];
  /** Null or left out for a failure that counts. */
  readonly quarantine?: TestRecord['quarantine'];
}

/** One failure of the image makes the run fail; a run with failures of the host only is an infrastructure failure. */
export function verdictOf(tests: readonly Outcome[], interrupted: boolean): Verdict {
  if (interrupted) return 'interrupted';
  const failed = tests.filter(({ state, quarantine }) => state === 'failed' && !quarantine);
  if (failed.some((test) => !test.failures.some((failure) => failure.infrastructure))) return 'failed';
  if (failed.length > 0) return 'infrastructure';
  return tests.some((test) => test.state === 'passed') ? 'passed' : 'failed';
}

export function exitCodeFor(verdict: Verdict): ExitCode {
  switch (verdict) {
    case 'passed':
      return EXIT_CODES.passed;
    case 'failed':
      return EXIT_CODES.testFailed;
    case 'infrastructure':
      return EXIT_CODES.infrastructure;
    case 'interrupted':
      return EXIT_CODES.interrupted;
  }
}

/** What the end of the run says besides the count, when something needs saying. */
export function remarks(
  { verdict, tests }: Pick<RunReport, 'verdict' | 'tests'>,
  exhaustive: { asked: boolean; used: boolean },
): string[] {
  if (verdict === 'interrupted') return [];
  const lines = tests.flatMap(({ file, target, promise, quarantine }) =>
    quarantine === null
      ? []
      : [`warning: ${file} on ${target}: ${promise}: failed, ${quarantineText(quarantine)}`],
  );
  if (tests.every((test) => test.state === 'skipped')) {
    lines.push('No tests ran: this run counts as failed.');
  }
  if (exhaustive.asked && !exhaustive.used) {
    lines.push('--exhaustive changed nothing: no selected test supports it.');
  }
  return lines;
}
