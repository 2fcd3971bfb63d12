import { stateOf } from '../../../process/stat.ts';
import type { QemuProcess } from '../../../qemu/process.ts';
import { Deadline } from '../../../util/deadline.ts';
import { InfrastructureError, WaitTimeoutError } from '../../../util/errors.ts';
import type { Connections } from '../../connections.ts';

/** Less than what a test has left when its last wait expires. */
const ANSWER_MS = 3000;

interface Asked {
  readonly process: Pick<QemuProcess, 'pid'>;
  readonly connections: { readonly qmp: Pick<Connections['qmp'], 'execute'> };
}

/**
 * Why the guest could not do what a wait for it expired on, if that is the host's doing: before a silent guest is blamed, its
 * QEMU has to show that it works.
 */
export async function hostFault({
  process,
  connections: { qmp },
}: Asked): Promise<InfrastructureError | undefined> {
  const state = stateOf(process.pid);
  if (state === 'T' || state === 't') {
    return new InfrastructureError(
      `QEMU (process ${process.pid}) is stopped, by a signal such as SIGSTOP or by a debugger.`,
      {
        hint: `Let it go on (kill -CONT ${process.pid}), and find out what stopped it.`,
      },
    );
  }
  try {
    const status = await qmp.execute(
      'query-status',
      undefined,
      Deadline.after(ANSWER_MS, 'an answer of QEMU'),
    );
    return brokenStatus(status);
  } catch (error) {
    // What ended QEMU is reported with its end.
    if (!(error instanceof Error && error.cause instanceof WaitTimeoutError)) return undefined;
    return new InfrastructureError(
      `QEMU (process ${process.pid}) has not answered QMP for ${ANSWER_MS} ms; the host is too busy, or QEMU hangs.`,
      {
        cause: error,
        hint: 'Run less at once (--jobs), and look whether the host swaps or its disk stalls.',
      },
    );
  }
}

/** `internal-error` and `io-error` of QMP's RunState: the accelerator or the host's disk failed. */
function brokenStatus(answer: unknown): InfrastructureError | undefined {
  const { status } = (answer ?? {}) as { readonly status?: unknown };
  if (status !== 'internal-error' && status !== 'io-error') return undefined;
  return new InfrastructureError(`QEMU has stopped the machine: ${status}.`, {
    hint: 'The accelerator or a disk of the host failed; `npm run doctor` shows what the host can do.',
  });
}
