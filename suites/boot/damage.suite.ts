import { changeExt4, describe, expect, needs, suite } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import { DATA, PRIVATE, statesOf, wipeSuperblocks } from './support/file-systems.ts';

const test = suite();

test.beforeEach(() => {
  needs('ab-slots', 'report.system');
});

/** s_state of ext4: valid, with errors. And a count that a check has to correct. */
const WITH_ERRORS = ['set_super_value state 3', 'set_super_value free_blocks_count 1'];
const CLEAN = { unmounted: true, errors: false };

describe('the file systems that outlive boots', () => {
  test('are marked clean by a shutdown, not by a power cut', async ({ machines }) => {
    await using cut = await machines.fork();
    await commit(cut, { motd: 'written' });
    expect(await statesOf(await cut.powerCut())).toMatchObject({ [PRIVATE]: { unmounted: false } });

    await using vm = await machines.fork();
    await commit(vm, { motd: 'written' });
    expect(await statesOf(await vm.shutdown())).toEqual({ [PRIVATE]: CLEAN, [DATA]: CLEAN });
  });

  test.for([DATA, PRIVATE])(
    'are repaired where the kernel has found errors: %s',
    async (label, { machines }) => {
      await using before = await machines.fork();
      await commit(before, { motd: 'kept' });
      const machine = await before.shutdown();
      await changeExt4(machine.disk, label, WITH_ERRORS);
      expect(await statesOf(machine)).toMatchObject({ [label]: { errors: true } });

      const vm = await machine.boot();
      await vm.waitForBoot();
      await vm.journal.waitFor(new RegExp(`^${label} had errors, which are corrected`));
      expect(await motd(vm)).toBe('kept');
      const { damaged_file_systems, failed_units } = await vm.api.report.system();
      expect({ damaged_file_systems, failed_units }).toEqual({ damaged_file_systems: {}, failed_units: [] });
      expect(await statesOf(await vm.shutdown())).toEqual({ [PRIVATE]: CLEAN, [DATA]: CLEAN });
    },
  );
});

describe('a file system that cannot be repaired', () => {
  test.for([DATA, PRIVATE])('is told, and runs no container: %s', async (label, { machines }) => {
    await using before = await machines.fork();
    await commit(before, { motd: 'kept' });
    const machine = await before.shutdown();
    await wipeSuperblocks(machine, label);

    const vm = await machine.boot();
    await expectDiagnosable(vm, label);
    // What is on PRIVATE is there where only DATA is damaged.
    expect((await motd(vm)) === 'kept').toBe(label === DATA);
    // And so it stays: no boot makes it worse, none is tried again and again.
    await vm.reboot();
    await expectDiagnosable(vm, label);
  });
});

async function expectDiagnosable(vm: Vm, label: string): Promise<void> {
  await vm.waitForBoot();
  const words = new RegExp(`${label} \\(/dev/\\w+\\) .*cannot be (?:repaired|mounted)`);
  await vm.console.waitFor(words);
  await vm.journal.waitFor(({ message, priority }) => words.test(message) && priority === 3);
  expect((await vm.api.report.system()).damaged_file_systems).toEqual({
    [label]: expect.stringMatching(/cannot be (?:repaired|mounted)/) as unknown,
  });
  await vm.journal.waitFor(/^Dependency failed for .*containerd/);
}
