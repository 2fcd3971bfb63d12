import type { Console } from '../../guest/console/console.ts';
import type { ReadyMarks } from '../../os/profile.ts';
import type { Deadline } from '../../util/deadline.ts';
import { WaitTimeoutError } from '../../util/errors.ts';
import { silenceOf } from './silent-console.ts';

/** A machine that can show in several ways that it is ready. */
interface Starting {
  readonly console: Pick<Console, 'waitFor' | 'position' | 'tail'>;
  readonly agent: { waitUntilReady(deadline: Deadline): Promise<void> };
  waitForApi(deadline: Deadline): Promise<void>;
}

/**
 * Waits for the first of the marks.
 *
 * @param from the number of the console's line with which the present boot began.
 * @param serialPort the name that Linux has for the console's port.
 * @returns which mark it was.
 * @throws {WaitTimeoutError} with what the console showed last; of a console that only the firmware wrote to, it says so.
 */
export async function waitForReady(
  vm: Starting,
  marks: ReadyMarks,
  deadline: Deadline,
  { from, serialPort }: { readonly from: number; readonly serialPort: string },
): Promise<'host API' | 'agent' | 'console'> {
  const waits = [
    ...(marks.hostApi === true ? [vm.waitForApi(deadline).then(() => 'host API' as const)] : []),
    ...(marks.agent === true ? [vm.agent.waitUntilReady(deadline).then(() => 'agent' as const)] : []),
    ...(marks.console === undefined
      ? []
      : [vm.console.waitFor(marks.console, deadline, { from }).then(() => 'console' as const)]),
  ];
  try {
    return await Promise.any(waits);
  } catch (error) {
    throw explain(error, marks, vm.console.tail(Infinity), serialPort);
  }
}

function explain(error: unknown, marks: ReadyMarks, lines: readonly string[], serialPort: string): unknown {
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const timeout = causes.find((cause) => cause instanceof WaitTimeoutError);
  // A machine that failed, or the host's fault, is the reason; that nothing was seen in time follows from it.
  const other = causes.find((cause) => !(cause instanceof WaitTimeoutError));
  if (other !== undefined || timeout === undefined) return other ?? error;
  const { waitedFor, timeoutMs } = timeout;
  const silence = silenceOf(lines, serialPort);
  const seen = silence?.seen ?? lines.findLast((line) => line.trim() !== '') ?? 'a silent console';
  const expected = `${waitedFor} (${describeMarks(marks)})`;
  return new WaitTimeoutError(expected, timeoutMs, seen, silence && { hint: silence.hint });
}

/** For people: "the host API, or QEMU's guest agent, or /login:/ on the console". */
export function describeMarks({ hostApi, agent, console }: ReadyMarks): string {
  const marks = [
    ...(hostApi === true ? ['the host API'] : []),
    ...(agent === true ? ["QEMU's guest agent"] : []),
    ...(console === undefined ? [] : [`${String(console)} on the console`]),
  ];
  return marks.join(', or ');
}
