import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import type { QemuProcess } from '../../../qemu/process.ts';
import { Deadline } from '../../../util/deadline.ts';
import type { Connections } from '../../connections.ts';
import type { CrashWatch } from '../crash-watch.ts';

/** QMP answers within milliseconds; a QEMU that does not answer has nothing more to show. */
const ANSWER_MS = 1000;

interface Settling {
  readonly process: Pick<QemuProcess, 'exited'>;
  readonly connections: { readonly qmp: Pick<Connections['qmp'], 'execute'> };
}

/** Resolves when all that the machine has shown up to now has reached the watch and been judged by it; within two seconds. */
export async function settle(
  { process, connections: { qmp } }: Settling,
  watch: Pick<CrashWatch, 'judged'>,
): Promise<void> {
  // QMP keeps its order, so this answer comes after every event from before.
  const answer = qmp.execute('query-status', undefined, Deadline.after(ANSWER_MS, 'QMP')).then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([answer, process.exited]);
  // A connection that broke is what the end of QEMU looks like before it is reported.
  if (answered === false) await Promise.race([process.exited, sleep(ANSWER_MS, undefined, { ref: false })]);
  // What QEMU wrote to its other sockets before it answered can be read by now, in the same turn of the event loop.
  await setImmediate();
  await watch.judged;
}
