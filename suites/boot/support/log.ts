import type { Vm } from '../../../harness/index.ts';

/** syslog's; what is more urgent has a lower number. */
const ERROR = 3;
/** systemd logs it as a warning, whatever became of the service. */
const FAILED_UNIT = /: Failed with result /;
/** What unmounts the file systems, when there is no journal left to log to. */
const LAST_PROGRAM = /systemd-shutdown\[1\]: .*(?:failed|could not|unable|not permitted)/i;
/** More than a shutdown prints. */
const SHUTDOWN_LINES = 200;

/** What may be logged, and why. */
const EXCEPTIONS: readonly RegExp[] = [
  // The root is on such a device to the end: there is no initramfs to go back to.
  /systemd-shutdown\[1\]: Unable to finalize remaining DM devices, ignoring\.$/,
];

/** All that a machine has logged at the level of an error, from its first moment to its last; it may be off. */
export function errorsLogged({ journal, console }: Pick<Vm, 'journal' | 'console'>): string[] {
  const entries = journal.entries.filter(
    ({ priority, identifier, message }) =>
      (priority !== undefined && priority <= ERROR) ||
      (identifier === 'systemd' && FAILED_UNIT.test(message)),
  );
  const errors = [
    ...entries.map(({ unit, identifier, message }) => `${unit ?? identifier ?? 'unknown'}: ${message}`),
    ...console.tail(SHUTDOWN_LINES).filter((line) => LAST_PROGRAM.test(line)),
  ];
  return errors.filter((error) => !EXCEPTIONS.some((pattern) => pattern.test(error)));
}
