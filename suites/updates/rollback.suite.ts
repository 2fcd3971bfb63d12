import { bootFinished, coldSuite, expect, measure, offer, step, within } from '../../harness/index.ts';
import type { Image, Machines } from '../../harness/index.ts';
import { commit } from '../settings.ts';
import { GOOD, makeReady, slotWords, succeed } from './commands.ts';
import { bothBootsWiped, endlessLoop, flippedBit, kernelArgument, wipedBoot, type Damage } from './damage.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'verity-root'] });

/** The longest: two minutes until a boot that never gets ready is given up, then a boot. */
const BACK_AGAIN_MS = 180_000;

type Ending = readonly [string, Damage, RegExp];

const ENDINGS: readonly Ending[] = [
  [
    'its kernel panics, since it cannot mount its root',
    kernelArgument('rootfstype=erofs', 'rootfstype=ext4'),
    // Told by the panic device: on the serial line, the kernel's own words may be mixed with others.
    /told its panic device/,
  ],
  ['one bit of its root is flipped', flippedBit, /verity: .*corrupted/],
  ['its kernel cannot be read', wipedBoot, /^$/],
];

/** Each has the machine stand still for a minute or two, until something loses its patience. */
const SLOW_ENDINGS: readonly Ending[] = [
  ['its kernel hangs at its first instruction', endlessLoop, /watchdog/],
  [
    'its services never come up',
    kernelArgument('systemd.log_color=0 systemd.show_status=true', 'systemd.unit=basic.target'),
    /it reset itself/,
  ],
];

test.for(ENDINGS)('an update is given back when %s', (ending, { machines, image, nextImage }) =>
  isGivenBack(ending, { machines, image, nextImage }),
);

test(`an update is given back when ${SLOW_ENDINGS.map(([name]) => name).join(', and when ')}`, async ({
  machines,
  image,
  nextImage,
}) => {
  await Promise.all(SLOW_ENDINGS.map((ending) => isGivenBack(ending, { machines, image, nextImage })));
});

test('a machine with nothing left to start says so, each time before it tries anew', async ({
  machines,
  image,
}) => {
  await using machine = await machines.assemble();
  await bothBootsWiped(machine, image);
  await using vm = await machine.start();
  const failed = vm.waitForFailure(within(BACK_AGAIN_MS, 'the next try'));
  const deadline = within(30_000, 'the slot loader to give up');
  await vm.console.waitFor(/slot A cannot be booted: /, deadline);
  await vm.console.waitFor(/no bootable slot/, deadline);
  expect((await failed).message).toMatch(/it reset itself/);
});

async function isGivenBack(
  [name, damage, symptom]: Ending,
  { machines, image, nextImage }: { machines: Machines; image: Image; nextImage: Image },
): Promise<void> {
  await using updates = await offer([nextImage]);
  await using ready = await machines.fork(updates.machine);
  await commit(ready, { motd: 'from before' });
  await makeReady(ready);
  const machine = await ready.powerCut();
  await damage(machine, image);

  await using vm = await machine.start();
  const startedAtMs = performance.now();
  const trouble = await step(`the machine comes back as the version before: ${name}`, () =>
    vm.waitForVersion(String(image.manifest?.os.version), within(BACK_AGAIN_MS, 'the version before')),
  );
  measure(`back again: ${name}`, 'ms', [performance.now() - startedAtMs]);

  expect(trouble.map(({ text }) => text).join('\n')).toMatch(symptom);
  expect(await slotWords(vm)).toMatchObject({ A: GOOD, B: '0002000000000000' });
  expect(await vm.api.settings({ deadline: within(5000, 'the settings') })).toMatchObject({
    motd: 'from before',
  });
  await bootFinished(vm, within(60_000, 'all units to start'));
  expect(await succeed(vm, 'refresh')).toMatchObject({ rolled_back_from: 'B' });
}
