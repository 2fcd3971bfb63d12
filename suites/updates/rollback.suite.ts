import { coldSuite, expect, within } from '../../harness/index.ts';
import { bothBootsWiped, flippedBit, kernelArgument, wipedBoot } from './support/damage.ts';
import { isGivenBack, type Ending } from './support/rollback.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'verity-root'] });

const ENDINGS: readonly Ending[] = [
  [
    'its kernel panics, since it cannot mount its root',
    kernelArgument('rootfstype=erofs', 'rootfstype=ext4'),
    // Told by the panic device: on the serial line, the kernel's own words may be mixed with others. It ends by itself: the
    // watchdog, which would do it later, has not bitten.
    /^(?!.*watchdog).*told its panic device/s,
  ],
  ['one bit of its root is flipped', flippedBit, /verity: .*corrupted/],
  ['its kernel cannot be read', wipedBoot, /^$/],
];

test.for(ENDINGS)('an update is given back when %s', (ending, { machines, image, nextImage }) =>
  isGivenBack(ending, { machines, image, nextImage }),
);

test('a machine with nothing left to start says so, each time before it tries anew', async ({
  machines,
  image,
}) => {
  await using machine = await machines.assemble();
  await bothBootsWiped(machine, image);
  await using vm = await machine.start();
  const failed = vm.waitForFailure(within(60_000, 'the next try'));
  const deadline = within(30_000, 'the slot loader to give up');
  await vm.console.waitFor(/slot A cannot be booted: /, deadline);
  await vm.console.waitFor(/no bootable slot/, deadline);
  expect((await failed).message).toMatch(/it reset itself/);
});
