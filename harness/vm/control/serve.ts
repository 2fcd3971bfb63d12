import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { WaitTimeoutError } from '../../util/errors.ts';
import type { Checkpoint } from '../fork/checkpoint.ts';
import { SPARE_QMP_SOCKET } from '../qemu-options.ts';
import type { Vm } from '../vm.ts';
import { operationsOn, type Controlled } from './operations.ts';
import { CONTROL_SOCKET } from './protocol.ts';
import { relaysOf } from './relay/relays.ts';
import { ControlServer } from './server.ts';
import { shareConsole, TERMINAL_SOCKET } from './terminal.ts';

const SHUTDOWN_MS = 60_000;

export interface ServeOptions {
  /** What is done when someone asks to stop the machine. */
  readonly stop: () => Promise<void>;
}

export interface Served extends AsyncDisposable {
  /** What a person can type in another terminal to reach the machine, a line each. */
  readonly uses: readonly string[];
}

/** Lets other processes of this user find the machine and control it, until it is off. */
export async function serveControl(vm: Vm, { stop }: ServeOptions): Promise<Served> {
  const served = new Disposables();
  const { image, spareQmp } = vm.spec;
  try {
    const relays = await relaysOf(vm, image);
    served.defer(() => {
      relays[Symbol.dispose]();
    });
    const terminal = await shareConsole(vm.connections.console, vm.directory.file(TERMINAL_SOCKET));
    served.defer(() => {
      terminal[Symbol.dispose]();
    });
    const uses = [
      `console: npm run vm -- console ${vm.id}`,
      ...relays.uses,
      ...(spareQmp === true ? [`QMP: socat - UNIX-CONNECT:${vm.directory.file(SPARE_QMP_SOCKET)}`] : []),
    ];
    const { directory, connections } = vm;
    const controlled: Controlled = {
      ...{ directory, connections, image, uses, stop },
      powerCut: () => vm.stop(),
      login: () => vm.login(),
      ...forksOf(vm),
    };
    served.use(await ControlServer.listen(directory.file(CONTROL_SOCKET), operationsOn(controlled)));
    void vm.exited.then(() => served[Symbol.asyncDispose]());
    return { uses, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() };
  } catch (error) {
    await served[Symbol.asyncDispose]();
    throw error;
  }
}

/** Forks are controlled in turn, and end with the machine at the latest. */
function forksOf(vm: Vm): Pick<Controlled, 'checkpoint' | 'fork'> {
  const checkpoints: Checkpoint<Vm>[] = [];
  const checkpoint = async (): Promise<number> => checkpoints.push(await vm.checkpoint());
  return {
    checkpoint,
    fork: async () => {
      if (checkpoints.length === 0) await checkpoint();
      const fork = await checkpoints.at(-1)?.fork();
      if (fork === undefined) throw new Error('The checkpoint that was taken is not there.');
      // The user at its console may crash it or switch it off at will.
      fork.expectFailure();
      await serveControl(fork, { stop: () => end(fork) });
      return fork.id;
    },
  };
}

async function end(vm: Vm): Promise<void> {
  try {
    await vm.shutdown(Deadline.after(SHUTDOWN_MS, 'the guest to shut down'));
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
  }
  await vm[Symbol.asyncDispose]();
}
