import { expect, suite } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';

const test = suite();

test('a committed setting survives a reboot', async ({ machines }) => {
  await using vm = await machines.boot();
  await vm.waitForBoot();
  await commit(vm, { motd: 'before the reboot' });
  await vm.reboot();
  expect(await motd(vm)).toBe('before the reboot');
});

test('a committed setting survives a power cut right after the answer', async ({ machines }) => {
  await using vm = await machines.boot();
  await vm.waitForBoot();
  await commit(vm, { motd: 'before the power cut' });
  const machine = await vm.powerCut();
  await using again = await machine.boot();
  expect(await motd(again)).toBe('before the power cut');
});
