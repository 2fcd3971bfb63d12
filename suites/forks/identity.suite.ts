import { describe, expect, step, suite, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';

const FORKS = 4;
/** Between the host's clock and the answer's arrival lie a report and a busy host. */
const CLOCK_TOLERANCE_MS = 5000;
const machine = { network: { forwards: [] } };

const test = suite({ requires: ['bridge', 'journal-port', 'report.system'], machine });

const system = (vm: Vm) => vm.api.report.system({ deadline: within(10_000, 'the system report') });

describe('machines that are forks of one template', () => {
  test('never share a random number, of the kernel or of a program', async ({ machines }) => {
    const forks = await forkSeveral(FORKS, () => machines.fork(machine));
    const drawn = forks.flatMap(({ random }) => [random.kernel, random.c_library]);
    expect(new Set(drawn).size).toBe(2 * FORKS);
    expect(drawn).not.toContain(null);
  });

  test('have an identity and a network address each', async ({ machines }) => {
    const forks = await forkSeveral(2, () => machines.fork(machine));
    expect(new Set(forks.map(({ machine_id }) => machine_id)).size).toBe(2);
    const addresses = forks.flatMap(({ mac_addresses }) => mac_addresses);
    expect(addresses).toHaveLength(2);
    expect(new Set(addresses).size).toBe(2);
  });

  test('are the same boot, and know what time it is', async ({ machines }) => {
    const startedAt = Date.now();
    const forks = await forkSeveral(2, () => machines.fork(machine));
    expect(new Set(forks.map(({ boot_id }) => boot_id)).size).toBe(1);
    for (const { time_ms } of forks) {
      expect(time_ms).toBeGreaterThan(startedAt - CLOCK_TOLERANCE_MS);
      expect(time_ms).toBeLessThan(Date.now() + CLOCK_TOLERANCE_MS);
    }
  });

  test('can be reset, lose their power and boot again from what they wrote', async ({ vm }) => {
    await commit(vm, { motd: 'of a fork' });
    const off = await vm.powerCut();
    await using again = await off.boot();
    expect(await motd(again)).toBe('of a fork');
  });

  test('are booted instead where they can not be, and nothing else is different', async ({ machines }) => {
    const disk = await machines.record();
    await using vm = await machines.fork({ ...machine, disk });
    await commit(vm, { motd: 'of a boot' });
    expect(await motd(vm)).toBe('of a boot');
    expect(disk.recording().requests.length).toBeGreaterThan(0);
  });
});

describe('a checkpoint', () => {
  test('goes on from the same moment, as often as asked for, and the machine goes on beside', async ({
    vm,
  }) => {
    await commit(vm, { motd: 'before' });
    const here = await step('take a checkpoint', () =>
      vm.checkpoint(within(20_000, 'a checkpoint to be taken')),
    );
    await commit(vm, { motd: 'after' });
    await using one = await step('fork', () => here.fork());
    await commit(one, { motd: 'changed by a fork' });
    await using other = await step('fork again', () => here.fork());

    expect(await motd(vm)).toBe('after');
    expect(await motd(one)).toBe('changed by a fork');
    expect(await motd(other)).toBe('before');
    const reports = await Promise.all([system(vm), system(one), system(other)]);
    expect(new Set(reports.map(({ boot_id }) => boot_id)).size).toBe(1);
    expect(new Set(reports.map(({ machine_id }) => machine_id)).size).toBe(3);
    expect(new Set(reports.map(({ random }) => random.c_library)).size).toBe(3);
  });

  test('of a fork of a checkpoint is as good', async ({ vm }) => {
    const deadline = within(60_000, 'checkpoints to be taken and forked');
    const first = await (await vm.checkpoint(deadline)).fork();
    await commit(first, { motd: 'of the first' });
    const second = await (await first.checkpoint(deadline)).fork();
    expect(await motd(second)).toBe('of the first');
    expect(await motd(vm)).not.toBe('of the first');
  });
});

/** One after the other; what each tells first. */
async function forkSeveral(count: number, fork: () => Promise<Vm>) {
  const reports = [];
  for (let index = 0; index < count; index += 1) {
    await using vm = await fork();
    reports.push(await system(vm));
  }
  return reports;
}
