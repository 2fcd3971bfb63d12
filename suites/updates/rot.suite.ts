import { expect, needs, step, updateSuite } from '../../harness/index.ts';
import {
  GOOD,
  prepareAndActivate,
  runningVersion,
  slotWords,
  waitForSuccessMark,
} from '../support/updates.ts';
import { flippedBit } from './support/damage.ts';

const test = updateSuite();

/** Starts of a good slot in a row that don't come up, before the loader takes the other one (slot-table, boot_counts). */
const STARTS = 3;

test('a good slot that rots is left for the other', async ({ machines, image, updates }) => {
  needs('verity-root');
  const before = String(image.manifest?.os.version);
  await using updated = await machines.fork({ services: [updates] });
  await prepareAndActivate(updated);
  await updated.reboot();
  await waitForSuccessMark(updated);
  const machine = await updated.powerCut();
  await flippedBit(machine, image);

  await using vm = await machine.start();
  const trouble = await step('the loader gives up the rotten slot', () => vm.waitForVersion(before));
  expect(trouble.map(({ text }) => text).join('\n')).toMatch(/verity: .*corrupted/);
  const starts = vm.console.tail(Infinity).filter((line) => /sparkler: slot B \(priority 2/.test(line));
  expect(starts).toHaveLength(STARTS);
  await vm.waitForBoot();
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: GOOD });

  await vm.reboot();
  expect(await runningVersion(vm)).toBe(before);
});
