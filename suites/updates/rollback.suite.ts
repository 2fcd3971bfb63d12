import { expect, needs, updateSuite } from '../../harness/index.ts';
import { bothBootsWiped, flippedBit, kernelArgument, wipedBoot } from './support/damage.ts';
import { expectRollback, type BadUpdate } from './support/rollback.ts';

const test = updateSuite();

const BAD_UPDATES: readonly BadUpdate[] = [
  [
    'its kernel panics without a root',
    kernelArgument('rootfstype=erofs', 'rootfstype=ext4'),
    // Reported by the panic device: on the serial line, the kernel's own words may be mixed with others. It ends by itself: the
    // watchdog, which would do it later, has not expired.
    /^(?!.*watchdog).*pvpanic/s,
  ],
  ['a bit of its root is flipped', flippedBit, /verity: .*corrupted/],
  ['its kernel is unreadable', wipedBoot, /^$/],
];

test.for(BAD_UPDATES)('an update is rolled back when %s', (update, { machines, image, updates }) =>
  expectRollback(update, { machines, image, updates }),
);

test('reports "no bootable slot" before every reset', async ({ machines, image }) => {
  needs('updates', 'ab-slots');
  await using machine = await machines.assemble();
  await bothBootsWiped(machine, image);
  await using vm = await machine.start();
  const failed = vm.waitForFailure();
  await vm.console.waitFor(/slot A cannot be booted: /);
  await vm.console.waitFor(/no bootable slot/);
  expect((await failed).message).toMatch(/it reset itself/);
});
