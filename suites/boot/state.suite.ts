import { bootFinished, coldSuite, expect, within } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';

const test = coldSuite({ requires: ['bridge', 'report.system'] });

test('a committed setting survives a reboot', async ({ machines }) => {
  await using vm = await machines.boot();
  await bootFinished(vm, within(30_000, 'all units to start'));
  await commit(vm, { motd: 'before the reboot' });
  await vm.reboot(within(60_000, 'the machine to be back after a reboot'));
  expect(await motd(vm)).toBe('before the reboot');
});

test('a committed setting survives a power cut, right after the answer', async ({ machines }) => {
  await using vm = await machines.boot();
  await bootFinished(vm, within(30_000, 'all units to start'));
  await commit(vm, { motd: 'before the power cut' });
  const machine = await vm.powerCut();
  await using again = await machine.boot();
  expect(await motd(again)).toBe('before the power cut');
});
