import { EXIT_CODES, type ExitCode } from '../harness/util/errors.ts';
import { startVm } from '../harness/vm/assemble.ts';
import { serveControl } from '../harness/vm/control/serve.ts';
import { GDB_SOCKET } from '../harness/vm/qemu-options.ts';
import type { Vm } from '../harness/vm/vm.ts';
import { runCleaningUp } from './cli/run.ts';
import { runAction } from './vm/actions/run.ts';
import { attach } from './vm/attach.ts';
import { parseMachine, VM_COMMAND, type VmFlags } from './vm/command.ts';
import { machineFrom } from './vm/from.ts';
import { debuggerUses } from './vm/gdb.ts';
import { offerLivepatches } from './vm/livepatches.ts';
import { enterRepl } from './vm/repl.ts';
import { say } from './vm/say.ts';
import { Session } from './vm/session.ts';
import { offerWorkloads } from './vm/workloads.ts';

await runCleaningUp(VM_COMMAND, (invocation, { signal }) =>
  invocation.positionals.length > 0 ? runAction(invocation, signal) : bootMachine(invocation.flags, signal),
);

async function bootMachine(flags: VmFlags, signal: AbortSignal): Promise<ExitCode> {
  if (flags.from !== undefined) {
    await using machine = await machineFrom(flags.from, flags, signal);
    return await enter(await machine.start({ signal }), flags, signal);
  }
  const machine = await parseMachine(flags, signal);
  await using livepatches = await offerLivepatches(flags, machine.image, signal);
  await using registry = await offerWorkloads(flags.workloads, machine.image, signal);
  const services = [livepatches, registry].filter((service) => service !== undefined);
  await using vm = await startVm({ ...machine, services }, { signal });
  return await enter(vm, flags, signal);
}

async function enter(vm: Vm, { gdb, repl }: VmFlags, signal: AbortSignal): Promise<ExitCode> {
  // The user at the console may crash or switch off the machine at will.
  vm.expectFailure();
  const session = new Session(vm);
  await using served = await serveControl(vm, { stop: () => session.stop() });
  say(`machine ${vm.id}: ${vm.directory.path}`);
  for (const use of served.uses) say(use);
  if (gdb) for (const use of await debuggerUses(vm.directory.file(GDB_SOCKET), vm.spec.image)) say(use);
  if (repl) say('.exit shuts it down and leaves.');
  else if (process.stdin.isTTY) say('Ctrl-] shuts it down and leaves.');
  using attachment = repl
    ? enterRepl(vm)
    : attach(vm.console, { input: process.stdin, output: process.stdout });
  await session.untilEnd(attachment);
  signal.throwIfAborted();
  return EXIT_CODES.passed;
}
