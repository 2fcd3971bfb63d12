import { expect, measure, needs, step } from '../../../harness/index.ts';
import type { Image, Machines, Offer } from '../../../harness/index.ts';
import { commit } from '../../support/settings.ts';
import { GOOD, prepareAndActivate, slotWords } from '../../support/updates.ts';
import type { Damage } from './damage.ts';

/** What is wrong with an update, and the symptoms that the machine shows. */
export type BadUpdate = readonly [name: string, Damage, symptom: RegExp];

/** What such a test is handed. */
export interface RollbackFixtures {
  readonly machines: Machines;
  readonly image: Image;
  readonly updates: Offer;
}

/** Updates a machine, damages the update before it has booted, and expects the old version to be back, unchanged. */
export async function expectRollback(
  [name, damage, symptom]: BadUpdate,
  { machines, image, updates }: RollbackFixtures,
): Promise<void> {
  needs('verity-root');
  await using updated = await machines.fork({ services: [updates] });
  await commit(updated, { motd: 'from before' });
  await prepareAndActivate(updated);
  const machine = await updated.powerCut();
  await damage(machine, image);

  await using vm = await machine.start();
  const startedAtMs = performance.now();
  const trouble = await step(`the machine rolls back: ${name}`, () =>
    vm.waitForVersion(String(image.manifest?.os.version)),
  );
  measure(`rolled back: ${name}`, 'ms', [performance.now() - startedAtMs]);

  expect(trouble.map(({ text }) => text).join('\n')).toMatch(symptom);
  expect(await slotWords(vm)).toMatchObject({ A: GOOD, B: '0002000000000000' });
  expect(await vm.api.settings()).toMatchObject({ motd: 'from before' });
  await vm.waitForBoot();
  expect(await vm.api.updates.succeed('refresh')).toMatchObject({ rolled_back_from: 'B' });
}
