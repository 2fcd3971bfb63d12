import { expect, needs, suite, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite();

const POLL_MS = 200;

test('the journal of the last boot is there after a reboot', async ({ machines }) => {
  await using vm = await machines.boot();
  await vm.waitForBoot();
  expect(await vm.api.report.lastBoot()).toEqual({ entries: [] });
  await vm.reboot();
  await vm.waitForBoot();
  const messages = await lastMessages(vm);
  expect(messages).toContainEqual(expect.stringMatching(/^Finished .*Mark this boot as successful/));
});

test('what the kernel said as it crashed is told after the next boot', async ({ machines, image, skip }) => {
  needs('report.last-boot');
  if (image.arch !== 'x86_64') skip('only there does QEMU give the machine an interrupt that panics it');
  await using vm = await machines.boot();
  await vm.waitForBoot();
  await vm.api.patchSettings({ kernel: { sysctl: { 'kernel.unknown_nmi_panic': '1' } } });
  await vm.api.tx.commitAndApply();
  await within(20_000, 'the setting to reach the kernel').poll(async () => {
    const { sysctl } = await vm.api.report.system();
    return sysctl['kernel.unknown_nmi_panic'] === '1' || undefined;
  }, POLL_MS);
  vm.expectFailure();
  await vm.qmp.execute('inject-nmi', undefined, within(5000, 'an interrupt that nobody expects'));
  // Printed when the dump is written.
  await within(30_000, 'the end of the panic').poll(
    () => vm.console.tail().find((line) => /Rebooting in \d+ seconds/.test(line)),
    POLL_MS,
  );
  const machine = await vm.powerCut();

  await using again = await machine.boot();
  await again.waitForBoot();
  const told = await again.journal.waitFor(/^PStore .* moved to \S+/);
  expect(told.message).toContain('/var/lib/systemd/pstore/');
});

async function lastMessages(vm: Vm): Promise<string[]> {
  return (await vm.api.report.lastBoot()).entries.map(({ message }) => message);
}
