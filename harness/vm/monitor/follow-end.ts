import type { QemuProcess } from '../../qemu/process.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { onAbort } from '../../util/on-abort.ts';
import type { Connections } from '../connections.ts';
import type { CrashWatch } from './crash-watch.ts';
import type { Health } from './verdict/health.ts';

interface Followed {
  readonly process: QemuProcess;
  readonly connections: Pick<Connections, 'console'>;
  readonly signal?: AbortSignal;
}

/** Reports to watch and health how the machine ends from outside: QEMU's exit, a log that can't be written, an interruption. */
export function followEnd(
  { process, connections, signal }: Followed,
  watch: Pick<CrashWatch, 'qemuExited'>,
  health: Pick<Health, 'fail'>,
): void {
  void process.exited.then((exit) => {
    watch.qemuExited(exit);
  });
  connections.console.events.on('ended', (reason) => {
    // A log that can't be written is the host's fault; a closed port comes with the end of QEMU, which is reported.
    if (reason instanceof InfrastructureError) health.fail(reason);
  });
  if (signal === undefined) return;
  const end = (): void => {
    health.fail(signal.reason as Error);
    void process.kill();
  };
  onAbort(signal, end, process.exited);
}
