import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { onTestFinished } from 'vitest';

import { Deadlines } from '../../qemu/deadlines.ts';
import { pipePeer } from '../../qemu/testing/pipe-peer.ts';
import { Deadline } from '../../util/deadline.ts';
import { connect, portsIn, type Connections } from '../connections.ts';
import { VmDirectory } from '../directory/vm-directory.ts';

const GREETING = { QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } }, capabilities: [] } };

/** What journald adds to entries of the kernel, and of the first process. */
export const FROM_KERNEL = { _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0' };
export const FROM_INIT = { _TRANSPORT: 'journal', _PID: '1' };

/** The far ends of a machine's sockets, played by the test. */
export interface ScriptedMachine {
  readonly connections: Connections;
  readonly directory: VmDirectory;
  /** What the guest prints on its serial port. */
  readonly say: (text: string) => void;
  /** An entry of the guest's journal, from a program that calls itself so unless the fields of journald say more. */
  readonly log: (identifier: string, message: string, fields?: object) => void;
  /** An event that QEMU raises. */
  readonly raise: (event: string, data?: object) => void;
  /** Closes the bridge's port, as a QEMU does that dies. */
  readonly hangUp: () => void;
  /** Closes QMP, as a QEMU does that dies. */
  readonly hangUpQmp: () => void;
}

/** A machine whose QEMU is this process: real sockets and pipes, the same code as for a real one on the near side. */
export async function scriptedMachine(): Promise<ScriptedMachine> {
  const directory = await VmDirectory.create('scripted');
  onTestFinished(() => directory.removeUnlessKept());
  const ports = portsIn((name) => directory.file(name));
  const { client: qmp } = await listen(ports.qmpSocket);
  const serial = await pipePeer(ports.consolePipe);
  const { client: bridge } = await listen(ports.bridgeSocket);
  await listen(ports.agentSocket);
  const { client: journal } = await listen(ports.journalSocket);
  void qmp.then((monitor) => {
    monitor.write(line(GREETING));
    createInterface(monitor).on('line', (command) => {
      const { id } = JSON.parse(command) as { id: number };
      monitor.write(line({ return: {}, id }));
    });
  });
  const deadline = Deadline.after(60_000, 'the scripted machine');
  const connections = await connect(directory, () => 0, deadline, {
    deadlines: new Deadlines('scripted', 1),
  });
  onTestFinished(() => connections[Symbol.asyncDispose]());
  const [monitor, journalPort, bridgePort] = await Promise.all([qmp, journal, bridge]);
  return {
    ...{ connections, directory },
    say: serial.say,
    log: (identifier, message, fields = {}) =>
      void journalPort.write(line({ ...entry(identifier, message), ...fields })),
    hangUp: () => void bridgePort.destroy(),
    hangUpQmp: () => void monitor.destroy(),
    raise: (event, data = {}) =>
      void monitor.write(line({ event, data, timestamp: { seconds: 1, microseconds: 0 } })),
  };
}

/** `client` resolves to the one client that connects. */
async function listen(path: string): Promise<{ client: Promise<Socket> }> {
  const server = createServer();
  const client = new Promise<Socket>((resolve) => {
    server.once('connection', resolve);
  });
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(async () => {
    (await client).destroy();
    server.close();
  });
  return { client };
}

function entry(identifier: string, message: string): object {
  return {
    ...{ __REALTIME_TIMESTAMP: '1', __MONOTONIC_TIMESTAMP: '1', _BOOT_ID: 'b' },
    ...{ SYSLOG_IDENTIFIER: identifier, MESSAGE: message },
  };
}

function line(message: object): string {
  return `${JSON.stringify(message)}\n`;
}
