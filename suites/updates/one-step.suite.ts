import { coldSuite, expect, offer, within } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import {
  bootIsGood,
  choose,
  GOOD,
  makeReady,
  NEVER_USED,
  reboot,
  runningVersion,
  slotWords,
  succeed,
} from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

/** Bit 57 of PRIVATE: some boot has succeeded. */
const HAS_BOOTED = '0200000000000000';

test('an update is written beside the running version, taken by the next boot, and the way back is the same', async ({
  machines,
  image,
  nextImage,
}) => {
  const [now, next] = [image.manifest?.os.version, nextImage.manifest?.os.version];
  await using updates = await offer([image, nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await commit(vm, { motd: 'before the update' });
  expect(await slotWords(vm)).toEqual({ A: GOOD, B: NEVER_USED, private: HAS_BOOTED });

  expect(await succeed(vm, 'refresh')).toMatchObject({
    update_state: 'Available',
    available_updates: expect.arrayContaining([next]) as unknown,
    chosen_update: { version: next, variant: image.manifest?.variant, arch: image.arch },
    active_partition: { image: { version: now }, next_to_boot: true },
  });
  expect(await succeed(vm, 'prepare')).toMatchObject({
    update_state: 'Staged',
    staging_partition: { image: { version: next }, next_to_boot: false },
  });
  expect(await slotWords(vm)).toMatchObject({ A: GOOD, B: '0010000000000000' });
  expect(await succeed(vm, 'activate')).toMatchObject({
    update_state: 'Ready',
    staging_partition: { image: { version: next }, next_to_boot: true },
  });
  expect(await slotWords(vm)).toMatchObject({ A: GOOD, B: '0012000000000000' });
  expect(await runningVersion(vm)).toBe(now);

  await reboot(vm);
  await bootIsGood(vm);
  expect(await runningVersion(vm)).toBe(next);
  expect(await slotWords(vm)).toEqual({ A: GOOD, B: '0102000000000000', private: HAS_BOOTED });
  expect(await motd(vm)).toBe('before the update');

  await choose(vm, updates, { 'version-lock': String(now) });
  await commit(vm, { motd: 'before the way back' });
  expect(await succeed(vm, 'refresh')).toMatchObject({
    update_state: 'Available',
    chosen_update: { version: now },
  });
  await succeed(vm, 'prepare');
  expect(await slotWords(vm)).toMatchObject({ A: '0010000000000000', B: '0102000000000000' });
  await succeed(vm, 'activate');
  expect(await slotWords(vm)).toMatchObject({ A: '0012000000000000', B: GOOD });

  await reboot(vm);
  await bootIsGood(vm);
  expect(await runningVersion(vm)).toBe(now);
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: GOOD });
  expect(await motd(vm)).toBe('before the way back');
});

test('an update that is ready can be called off, and stays at hand', async ({
  machines,
  image,
  nextImage,
}) => {
  await using updates = await offer([image, nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await makeReady(vm);
  expect(await succeed(vm, 'deactivate')).toMatchObject({
    update_state: 'Staged',
    active_partition: { next_to_boot: true },
    staging_partition: { next_to_boot: false },
  });
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: '0010000000000000' });
  expect(await succeed(vm, 'activate')).toMatchObject({ update_state: 'Ready' });
});

test('a machine that was updated goes back by one call and a reboot', async ({
  machines,
  image,
  nextImage,
}) => {
  await using updates = await offer([image, nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  const deadline = within(10_000, 'the way back to be chosen');
  await expect(vm.api.updates.rollBack({ deadline })).rejects.toThrow(
    /answered 409: .*the inactive slot could not boot: it never succeeded/,
  );
  await makeReady(vm);
  await reboot(vm);
  await bootIsGood(vm);
  await vm.api.updates.rollBack({ deadline });
  expect(await slotWords(vm)).toMatchObject({ A: '0102000000000000', B: GOOD });
  await reboot(vm);
  expect(await runningVersion(vm)).toBe(image.manifest?.os.version);
});
