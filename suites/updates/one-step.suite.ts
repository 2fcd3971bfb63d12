import { expect, faults, updateSuite } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import {
  GOOD,
  NEVER_USED,
  ROOT_IMAGE,
  prefer,
  prepareAndActivate,
  runningVersion,
  slotWords,
  waitForSuccessMark,
} from '../support/updates.ts';

const test = updateSuite();

/** Bit 57 of PRIVATE: some boot has succeeded. */
const HAS_BOOTED = '0200000000000000';

test('an update takes one reboot, forth and back', async ({ vm, updates, image, nextImage }) => {
  const [now, next] = [image.manifest?.os.version, nextImage.manifest?.os.version];
  await updates.replace([image, nextImage]);
  await commit(vm, { motd: 'before the update' });
  expect(await slotWords(vm)).toEqual({ A: GOOD, B: NEVER_USED, private: HAS_BOOTED });

  expect(await vm.api.updates.succeed('refresh')).toMatchObject({
    update_state: 'Available',
    available_updates: expect.arrayContaining([next]) as unknown,
    chosen_update: { version: next, variant: image.manifest?.variant, arch: image.arch },
    active_partition: { image: { version: now }, next_to_boot: true },
  });
  expect(await vm.api.updates.succeed('prepare')).toMatchObject({
    update_state: 'Staged',
    staging_partition: { image: { version: next }, next_to_boot: false },
  });
  expect(await slotWords(vm)).toMatchObject({ A: GOOD, B: '0010000000000000' });
  expect(await vm.api.updates.succeed('activate')).toMatchObject({
    update_state: 'Ready',
    staging_partition: { image: { version: next }, next_to_boot: true },
  });
  expect(await slotWords(vm)).toMatchObject({ A: GOOD, B: '0012000000000000' });
  expect(await runningVersion(vm)).toBe(now);

  await vm.reboot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(next);
  expect(await slotWords(vm)).toEqual({ A: GOOD, B: '0102000000000000', private: HAS_BOOTED });
  expect(await motd(vm)).toBe('before the update');

  await prefer(vm, updates, { 'version-lock': String(now) });
  await commit(vm, { motd: 'before the downgrade' });
  expect(await vm.api.updates.succeed('refresh')).toMatchObject({
    update_state: 'Available',
    chosen_update: { version: now },
  });
  await vm.api.updates.succeed('prepare');
  expect(await slotWords(vm)).toMatchObject({ A: '0010000000000000', B: '0102000000000000' });
  await vm.api.updates.succeed('activate');
  expect(await slotWords(vm)).toMatchObject({ A: '0012000000000000', B: GOOD });

  await vm.reboot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(now);
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: GOOD });
  expect(await motd(vm)).toBe('before the downgrade');
});

test('a ready update can be deactivated and activated again', async ({ vm, updates, image, nextImage }) => {
  await updates.replace([image, nextImage]);
  await prepareAndActivate(vm);
  expect(await vm.api.updates.succeed('deactivate')).toMatchObject({
    update_state: 'Staged',
    active_partition: { next_to_boot: true },
    staging_partition: { next_to_boot: false },
  });
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: '0010000000000000' });
  expect(await vm.api.updates.succeed('activate')).toMatchObject({ update_state: 'Ready' });
});

test('a corrupted update leaves a rollback by one call', async ({ vm, updates, image, nextImage }) => {
  await updates.replace([image, nextImage]);
  await expect(vm.api.updates.rollBack()).rejects.toThrow(
    /answered 409: .*the inactive slot could not boot: it never succeeded/,
  );
  await prepareAndActivate(vm);
  await vm.reboot();
  await waitForSuccessMark(vm);

  const words = await slotWords(vm);
  await prefer(vm, updates, { 'version-lock': String(image.manifest?.os.version) });
  await vm.api.updates.succeed('refresh');
  updates.service.inject(ROOT_IMAGE, faults.corrupted());
  const { most_recent_command: failed } = await vm.api.updates.run('prepare');
  expect(failed).toMatchObject({ cmd_type: 'prepare', cmd_status: 'Failed' });
  expect(failed?.stderr).toMatch(/Hash mismatch/);
  expect(await slotWords(vm)).toEqual(words);

  await vm.api.updates.rollBack();
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: GOOD });
  await vm.reboot();
  expect(await runningVersion(vm)).toBe(image.manifest?.os.version);
});
