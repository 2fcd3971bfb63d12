import { SPARE_QMP_SOCKET } from '../harness/vm/qemu-options.ts';
import { startVm } from '../harness/vm/assemble.ts';
import { exitFailure } from '../harness/qemu/failure.ts';
import { Deadline } from '../harness/util/deadline.ts';
import { EXIT_CODES, WaitTimeoutError, type ExitCode } from '../harness/util/errors.ts';
import type { Vm } from '../harness/vm/vm.ts';
import { runCleaningUp } from './cli/run.ts';
import { attach, type Attachment } from './vm/attach.ts';
import { parseMachine, VM_COMMAND } from './vm/command.ts';
import { offerLivepatches } from './vm/livepatches.ts';
import { relaysOf } from './vm/relays.ts';
import { offerWorkloads } from './vm/workloads.ts';

const SHUTDOWN_TIMEOUT_MS = 60_000;

await runCleaningUp(VM_COMMAND, async ({ flags }, { signal }) => {
  const machine = await parseMachine(flags, signal);
  await using livepatches = await offerLivepatches(flags, machine.image, signal);
  await using registry = await offerWorkloads(flags.workloads, machine.image, signal);
  const services = [livepatches, registry].filter((service) => service !== undefined);
  await using vm = await startVm({ ...machine, services }, { signal });
  // The user at the console may crash or switch off the machine at will.
  vm.expectFailure();
  using relays = await relaysOf(vm, machine.image);
  say(`machine ${vm.id}: ${vm.directory.path}`);
  for (const use of relays.uses) say(use);
  say(`QMP: socat - UNIX-CONNECT:${vm.directory.file(SPARE_QMP_SOCKET)}`);
  if (process.stdin.isTTY) say('Ctrl-] shuts it down and leaves.');
  using attachment = attach(vm.console, { input: process.stdin, output: process.stdout });
  return await untilEnd(vm, attachment);
});

async function untilEnd(vm: Vm, attachment: Attachment): Promise<ExitCode> {
  const exited = vm.exited.then((exit) => {
    if (exit.code !== 0) throw exitFailure(exit, 'while its machine was running');
    return 'off' as const;
  });
  const end = await Promise.race([exited, attachment.left]);
  if (end !== 'off') await leave(vm, attachment, exited);
  return EXIT_CODES.passed;
}

async function leave(vm: Vm, attachment: Attachment, exited: Promise<unknown>): Promise<void> {
  say('shutting down; Ctrl-] once more cuts the power');
  try {
    const deadline = Deadline.after(SHUTDOWN_TIMEOUT_MS, 'the guest to shut down');
    await Promise.race([vm.shutdown(deadline), exited, attachment.leftAgain]);
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
    say('it did not shut down: its power is cut');
  }
}

/** With a carriage return, since the terminal may be in raw mode. */
function say(line: string): void {
  process.stderr.write(`hotfire: ${line}\r\n`);
}
