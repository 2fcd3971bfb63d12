import { expect, livepatchSuite } from '../../harness/index.ts';
import { expectHealthyKernel, kernelVersion, waitUntilProven } from './support/kernel.ts';

const test = livepatchSuite();

const PATCHED = '(live patched)';

test('patches survive a reboot and a power cut, in their order', async ({ vm }) => {
  for (const name of ['stacked-1', 'stacked-2', 'proc-version']) await vm.api.livepatches.apply(name);
  await vm.reboot();
  expect(await kernelVersion(vm)).toContain(PATCHED);
  await waitUntilProven(vm, 'proc-version');

  const machine = await vm.powerCut();
  await using after = await machine.boot();
  await after.waitForBoot();
  expect(await kernelVersion(after)).toContain(PATCHED);
  await after.api.livepatches.revert('proc-version');
  expect(await kernelVersion(after)).toContain('(patch 2)');
  await after.reboot();
  expect(await kernelVersion(after)).toContain('(patch 2)');
  await expectHealthyKernel(after);
});

test('a patch that panics is not loaded at the next boot', async ({ vm }) => {
  await vm.api.livepatches.apply('stacked-1');
  await waitUntilProven(vm, 'stacked-1');
  await vm.api.livepatches.start('apply', 'provoke-kernel-panic');
  expect(String(await vm.waitForFailure())).toMatch(/panic/i);

  const machine = await vm.powerCut();
  await using after = await machine.boot();
  await after.waitForBoot();
  const refused = await after.api.livepatches.waitFor('provoke-kernel-panic', 'refused');
  expect(refused.reason).toContain('the machine crashed');
  expect(await kernelVersion(after)).toContain('(patch 1)');
  await expectHealthyKernel(after);
});

test('the setting takes patches out and brings them back', async ({ vm }) => {
  const { livepatches } = vm.api;
  await livepatches.apply('proc-version');
  const set = async (on: boolean): Promise<void> => {
    await vm.api.patchSettings({ kernel: { 'live-patch': on } });
    await vm.api.tx.commitAndApply();
  };
  await set(false);
  const off = await livepatches.waitFor('proc-version', 'disabled');
  expect(off.reason).toBe('settings.kernel.live-patch is false');
  expect(await kernelVersion(vm)).not.toContain(PATCHED);
  await expect(livepatches.start('apply', 'stacked-1')).rejects.toMatchObject({ status: 409 });
  await vm.reboot();
  expect(await kernelVersion(vm)).not.toContain(PATCHED);
  await set(true);
  await livepatches.waitFor('proc-version', 'applied');
  expect(await kernelVersion(vm)).toContain(PATCHED);
  await expectHealthyKernel(vm);
});
