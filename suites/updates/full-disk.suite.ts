import { expect, fillFileSystem, updateSuite } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import {
  UNTOUCHED,
  prepareAndActivate,
  runningVersion,
  slotWords,
  waitForSuccessMark,
} from './support/commands.ts';

const test = updateSuite();

test('updates and settings work with a full DATA partition', async ({ machines, updates, nextImage }) => {
  await using before = await machines.fork({ services: [updates] });
  await commit(before, { motd: 'before DATA was full' });
  const machine = await before.powerCut();
  await fillFileSystem(machine.disk, 'BOTTLEROCKET-DATA');

  await using vm = await machine.boot();
  await vm.waitForBoot();
  await commit(vm, { motd: 'while DATA is full' });
  await prepareAndActivate(vm);
  await vm.powerCut();
  await using updated = await machine.boot();
  await waitForSuccessMark(updated);
  expect(await runningVersion(updated)).toBe(nextImage.manifest?.os.version);
  expect(await motd(updated)).toBe('while DATA is full');
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
