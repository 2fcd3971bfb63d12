import type { Vm } from '../../../harness/index.ts';

/** syslog's; what is more urgent has a lower number. */
const ERROR = 3;
/** systemd logs it as a warning, whatever became of the service. */
const FAILED_UNIT = /: Failed with result /;
/** What PID 1 prints of a failure as it logs it, and what unmounts the file systems, when no journal is left to log to. */
const PRINTED = /\[FAILED\]|systemd-shutdown\[1\]: .*(?:failed|could not|unable|not permitted)/i;
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
    ...shutdownLines({ console }).filter((line) => PRINTED.test(line)),
  ];
  return errors.filter((error) => !EXCEPTIONS.some((pattern) => pattern.test(error)));
}

/** What its console showed last, the whole shutdown among it. */
export function shutdownLines({ console }: Pick<Vm, 'console'>): string[] {
  return console.tail(SHUTDOWN_LINES);
}
