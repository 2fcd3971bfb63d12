import { ApiClient } from '../guest/api-client.ts';
import { Bridge } from '../guest/bridge/bridge.ts';
import { Console } from '../guest/console/console.ts';
import { Journal } from '../guest/journal/journal.ts';
import type { QemuOptions } from '../qemu/options.ts';
import { QmpClient } from '../qemu/qmp/client.ts';
import type { Deadline } from '../util/deadline.ts';
import { Disposables } from '../util/disposables.ts';
import type { VmDirectory } from './vm-directory.ts';

/** The sockets and files of a machine, as QEMU's options name them. */
export function portsIn(directory: VmDirectory) {
  return {
    qmpSocket: directory.file('qmp.sock'),
    consoleSocket: directory.file('console.sock'),
    consoleLog: directory.file('console.raw'),
    bridgeSocket: directory.file('bridge.sock'),
    journalSocket: directory.file('journal.sock'),
  } satisfies Partial<QemuOptions>;
}

/** Everything that a running machine is talked to through. */
export interface Connections extends AsyncDisposable {
  readonly qmp: QmpClient;
  readonly console: Console;
  readonly bridge: Bridge;
  readonly journal: Journal;
  readonly api: ApiClient;
}

/**
 * Connects to a QEMU that has not executed its guest's first instruction yet, so nothing it says is missed.
 *
 * @param now the milliseconds since the machine was started.
 * @throws {InfrastructureError}
 */
export async function connect(
  directory: VmDirectory,
  now: () => number,
  deadline: Deadline,
): Promise<Connections> {
  const ports = portsIn(directory);
  const made = new Disposables();
  try {
    const qmp = made.use(
      await QmpClient.connect(ports.qmpSocket, deadline, { log: directory.file('qmp.log') }),
    );
    const log = directory.file('console.log');
    const console = made.use(await Console.connect(ports.consoleSocket, deadline, { log, now }));
    const bridge = made.use(await Bridge.connect(ports.bridgeSocket, deadline));
    const journalFile = directory.file('journal.jsonl');
    const journal = made.use(await Journal.connect(ports.journalSocket, journalFile, deadline));
    const api = made.use(new ApiClient(bridge));
    return {
      ...{ qmp, console, bridge, journal, api },
      [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
    };
  } catch (error) {
    await made[Symbol.asyncDispose]();
    throw error;
  }
}
