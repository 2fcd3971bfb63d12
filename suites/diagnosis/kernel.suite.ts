import { describe, expect, livepatchSuite } from '../../harness/index.ts';
import type { FindingKind, Machines, Offer, Vm } from '../../harness/index.ts';

const test = livepatchSuite();

/** What is done to the kernel, what must be found, and its title before the function. */
const FAULTS: readonly (readonly [fault: string, kind: FindingKind, report: string])[] = [
  ['null-pointer', 'oops', 'BUG: unable to handle kernel NULL pointer dereference'],
  ['bug', 'bug', 'kernel BUG'],
  ['corrupted-list', 'bug', 'BUG: corrupted list'],
  ['warning', 'warning', 'WARNING'],
  ['refcount', 'refcount', 'WARNING: refcount bug'],
  ['sleep-in-atomic', 'atomic-sleep', 'BUG: scheduling while atomic'],
];

describe('the kernel', () => {
  test.for(FAULTS)('is broken by %s, and that is what is found', async ([fault, kind, report], { vm }) => {
    await provoke(vm, fault);
    const title = `${report} in ${fault.replaceAll('-', '_')}`;
    expect(await vm.expectCrash(kind)).toMatchObject({ kind, title });
  });

  test('runs out of stack, and that is what is found', async ({ vm, image }) => {
    await provoke(vm, 'stack-overflow');
    const title = image.arch === 'x86_64' ? 'BUG: stack guard page was hit' : 'Insufficient stack space';
    expect((await vm.expectCrash('oops')).title).toContain(title);
  });
});

describe('a task that', () => {
  test('does not let others run is found', async ({ machines, repository }) => {
    const vm = await twoProcessors(machines, repository);
    await set(vm, { 'kernel.watchdog_thresh': '4' });
    await provoke(vm, 'soft-lockup');
    expect((await vm.expectCrash('soft-lockup')).report.join('\n')).toContain('soft_lockup');
  });

  test('does not let memory be reclaimed is found', async ({ machines, repository }) => {
    const vm = await twoProcessors(machines, repository);
    await provoke(vm, 'rcu-stall');
    expect((await vm.expectCrash('rcu-stall')).report.join('\n')).toContain('rcu_stall');
  });

  test('does not wake up is found', async ({ vm }) => {
    await set(vm, { 'kernel.hung_task_timeout_secs': '5' });
    await provoke(vm, 'hung-task');
    expect(await vm.expectCrash('hung-task')).toMatchObject({ title: 'INFO: task hung in hung_task' });
  });
});

/** One is busy with the fault, and the other one with the machine's hardware watchdog. */
function twoProcessors(machines: Machines, repository: Offer): Promise<Vm> {
  return machines.fork({ services: [repository], cpus: 2 });
}

function provoke(vm: Vm, fault: string): Promise<void> {
  return vm.api.livepatches.start('apply', `provoke-${fault}`);
}

async function set(vm: Vm, sysctl: Record<string, string>): Promise<void> {
  await vm.api.patchSettings({ kernel: { sysctl } });
  await vm.api.tx.commitAndApply();
}
