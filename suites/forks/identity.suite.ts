import { describe, expect, step, suite } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';

const FORKS = 4;
/** Between the host's clock and the answer's arrival are a report and a busy host. */
const CLOCK_TOLERANCE_MS = 5000;
const machine = { network: { forwards: [] } };

const test = suite({ machine, boot: 'forked' });

const system = (vm: Vm) => vm.api.report.system();

describe('forks of one template', () => {
  test('never share a random number', async ({ machines }) => {
    const forks = await forkSeveral(FORKS, () => machines.fork(machine, { demand: 'demanded' }));
    const drawn = forks.flatMap(({ random }) => [random.kernel, random.c_library]);
    expect(new Set(drawn).size).toBe(2 * FORKS);
    expect(drawn).not.toContain(null);
  });

  test('have their own identity and network address', async ({ machines }) => {
    const forks = await forkSeveral(2, () => machines.fork(machine, { demand: 'demanded' }));
    expect(new Set(forks.map(({ machine_id }) => machine_id)).size).toBe(2);
    const addresses = forks.flatMap(({ mac_addresses }) => mac_addresses);
    expect(addresses).toHaveLength(2);
    expect(new Set(addresses).size).toBe(2);
  });

  test('are the same boot and have the right time', async ({ machines }) => {
    const startedAt = Date.now();
    const forks = await forkSeveral(2, () => machines.fork(machine, { demand: 'demanded' }));
    expect(new Set(forks.map(({ boot_id }) => boot_id)).size).toBe(1);
    for (const { time_ms } of forks) {
      expect(time_ms).toBeGreaterThan(startedAt - CLOCK_TOLERANCE_MS);
      expect(time_ms).toBeLessThan(Date.now() + CLOCK_TOLERANCE_MS);
    }
  });

  test('boot again from what they wrote', async ({ vm }) => {
    await commit(vm, { motd: 'of a fork' });
    const off = await vm.powerCut();
    await using again = await off.boot();
    expect(await motd(again)).toBe('of a fork');
  });

  test('are booted instead where forking is not possible', async ({ machines }) => {
    const disk = await machines.record();
    await using vm = await machines.fork({ ...machine, disk });
    await commit(vm, { motd: 'of a boot' });
    expect(await motd(vm)).toBe('of a boot');
    expect(disk.recording().requests.length).toBeGreaterThan(0);
  });
});

describe('a checkpoint', () => {
  test('is forked repeatedly while its machine runs on', async ({ vm }) => {
    await commit(vm, { motd: 'before' });
    const here = await step('take a checkpoint', () => vm.checkpoint());
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

  test('can be taken of a fork of a checkpoint', async ({ vm }) => {
    const first = await (await vm.checkpoint()).fork();
    await commit(first, { motd: 'of the first' });
    const second = await (await first.checkpoint()).fork();
    expect(await motd(second)).toBe('of the first');
    expect(await motd(vm)).not.toBe('of the first');
  });
});

/** One after the other; the report of each. */
async function forkSeveral(count: number, fork: () => Promise<Vm>) {
  const reports = [];
  for (let index = 0; index < count; index += 1) {
    await using vm = await fork();
    reports.push(await system(vm));
  }
  return reports;
}
