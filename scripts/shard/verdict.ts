import { EXIT_CODES, type ExitCode } from '../../harness/util/errors.ts';

/** What counts first, when commands end in different ways: a retry helps against the host's failure only. */
const BY_WEIGHT = [EXIT_CODES.interrupted, EXIT_CODES.testFailed, EXIT_CODES.wrongUse] as const;

/**
 * The exit code of a shard whose commands ended with these.
 *
 * @param codes undefined for a command that a signal ended. What Hotfire never exits with comes from the host, too.
 */
export function shardExitCode(codes: readonly (number | undefined)[]): ExitCode {
  if (codes.every((code) => code === EXIT_CODES.passed)) return EXIT_CODES.passed;
  return BY_WEIGHT.find((code) => codes.includes(code)) ?? EXIT_CODES.infrastructure;
}
