import { ApiClient } from '../os/api/client.ts';
import { GuestAgent } from '../guest/agent/agent.ts';
import { Bridge } from '../guest/bridge/bridge.ts';
import { Console } from '../guest/console/console.ts';
import { CriClient } from '../guest/cri/client.ts';
import { DockerClient } from '../guest/docker/client.ts';
import type { JournalEntry } from '../guest/journal/entry.ts';
import { Journal } from '../guest/journal/journal.ts';
import type { Deadlines } from '../qemu/deadlines.ts';
import type { QemuOptions } from '../qemu/argv/options.ts';
import { QmpClient } from '../qemu/qmp/client.ts';
import type { Deadline } from '../util/deadline.ts';
import { Disposables } from '../util/disposables.ts';
import type { RequireCapabilities } from './boot-options.ts';
import type { VmDirectory } from './directory/vm-directory.ts';

/**
 * The sockets, pipes and files of a machine, as QEMU's options name them.
 *
 * @param file gives the path of a file in the machine's directory.
 */
export function portsIn(file: (name: string) => string) {
  return {
    qmpSocket: file('qmp.sock'),
    consolePipe: file('console'),
    consoleLog: file('console.raw'),
    agentSocket: file('agent.sock'),
    bridgeSocket: file('bridge.sock'),
    journalSocket: file('journal.sock'),
  } satisfies Partial<QemuOptions>;
}

/** Everything that a running machine is talked to through. */
export interface Connections extends AsyncDisposable {
  readonly qmp: QmpClient;
  readonly console: Console;
  readonly bridge: Bridge;
  /** Answers only if the guest runs QEMU's agent. */
  readonly agent: GuestAgent;
  readonly journal: Journal;
  readonly api: ApiClient;
  readonly cri: CriClient;
  readonly docker: DockerClient;
  /** To be called when QMP reports RESET: what was said to the guest before is void. */
  guestReset(): void;
}

export interface ConnectOptions {
  /** Make those of waits that are given none. */
  readonly deadlines: Deadlines;
  readonly requireCapabilities?: RequireCapabilities | undefined;
  /** Journal entries from before the machine became this one. */
  readonly past?: readonly JournalEntry[] | undefined;
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
  { deadlines, requireCapabilities, past = [] }: ConnectOptions,
): Promise<Connections> {
  const ports = portsIn((name) => directory.file(name));
  const made = new Disposables();
  try {
    const qmp = made.use(
      await QmpClient.connect(ports.qmpSocket, deadline, { log: directory.file('qmp.log') }),
    );
    const log = directory.file('console.log');
    // QMP answers when QEMU has opened all of them.
    const console = made.use(Console.connect(ports.consolePipe, { log, now, deadlines }));
    const bridge = made.use(await Bridge.connect(ports.bridgeSocket, deadline));
    const journalFile = directory.file('journal.jsonl');
    const journal = made.use(
      await Journal.connect(ports.journalSocket, journalFile, deadline, { deadlines, past }),
    );
    const agent = made.use(await GuestAgent.connect(ports.agentSocket, deadline, deadlines));
    const api = made.use(new ApiClient(bridge, deadlines, requireCapabilities));
    const cri = made.use(new CriClient(bridge, deadlines));
    const docker = made.use(new DockerClient(bridge, deadlines));
    return {
      ...{ qmp, console, bridge, agent, journal, api, cri, docker },
      guestReset: () => {
        bridge.guestReset();
        agent.guestReset();
      },
      [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
    };
  } catch (error) {
    await made[Symbol.asyncDispose]();
    throw error;
  }
}
