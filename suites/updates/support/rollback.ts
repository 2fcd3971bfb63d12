import { bootFinished, expect, measure, offer, step, within } from '../../../harness/index.ts';
import type { Image, Machines } from '../../../harness/index.ts';
import { commit } from '../../support/settings.ts';
import { GOOD, makeReady, slotWords, succeed } from './commands.ts';
import type { Damage } from './damage.ts';

/** The longest: two minutes until a boot that never gets ready is given up, then a boot. */
const BACK_AGAIN_MS = 180_000;

/** What is wrong with an update, and what the machine shows of it. */
export type Ending = readonly [name: string, Damage, symptom: RegExp];

/** Updates a machine, damages the update before it has booted, and expects the version before, as it was, to be back. */
export async function isGivenBack(
  [name, damage, symptom]: Ending,
  { machines, image, nextImage }: { machines: Machines; image: Image; nextImage: Image },
): Promise<void> {
  await using updates = await offer([nextImage]);
  await using ready = await machines.fork({ services: [updates] });
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
