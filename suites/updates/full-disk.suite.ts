import { expect, fillFileSystem, updateSuite } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import { UNTOUCHED, prepareAndActivate, slotWords } from '../support/updates.ts';

const test = updateSuite();

test('a full DATA partition stops updates, not settings', async ({ machines, updates }) => {
  await using before = await machines.fork({ services: [updates] });
  await commit(before, { motd: 'before DATA was full' });
  const machine = await before.powerCut();
  const makeRoom = await fillFileSystem(machine.disk, 'BOTTLEROCKET-DATA');

  await using full = await machine.boot();
  await full.waitForBoot();
  await commit(full, { motd: 'while DATA is full' });
  await full.api.updates.succeed('refresh');
  expect(await full.api.updates.run('prepare')).toMatchObject({
    update_state: 'Available',
    most_recent_command: {
      cmd_status: 'Failed',
      stderr: expect.stringMatching(/takes \d+ bytes .* 0 are free; .* Nothing was written$/) as unknown,
    },
  });
  expect(await slotWords(full)).toMatchObject(UNTOUCHED);

  await full.powerCut();
  await makeRoom();
  await using vm = await machine.boot();
  await vm.waitForBoot();
  expect(await motd(vm)).toBe('while DATA is full');
  await prepareAndActivate(vm);
});

test('a full PRIVATE partition loses no setting', async ({ machines, updates }) => {
  await using before = await machines.fork({ services: [updates] });
  await commit(before, { motd: 'before PRIVATE was full' });
  const machine = await before.powerCut();
  const makeRoom = await fillFileSystem(machine.disk, 'BOTTLEROCKET-PRIVATE');

  await using full = await machine.boot();
  await full.waitForBoot();
  await expect(commit(full, { motd: 'while PRIVATE is full' })).rejects.toThrow(
    /answered 500: .*No space left on device/,
  );
  expect(await motd(full)).toBe('before PRIVATE was full');
  const { most_recent_command: failed } = await full.api.updates.run('refresh');
  expect(failed).toMatchObject({ cmd_status: 'Failed' });
  expect(failed?.stderr).toMatch(/No space left on device/);
  expect(await slotWords(full)).toMatchObject(UNTOUCHED);

  await full.powerCut();
  await makeRoom();
  await using vm = await machine.boot();
  await vm.waitForBoot();
  expect(await motd(vm)).toBe('before PRIVATE was full');
  await commit(vm, { motd: 'with room again' });
  await vm.api.updates.succeed('refresh');
});
