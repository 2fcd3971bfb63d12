import { bootFinished, coldSuite, expect, fillFileSystem, offer, within } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import {
  bootIsGood,
  makeReady,
  run,
  runningVersion,
  slotWords,
  succeed,
  UNTOUCHED,
} from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'journal-port'] });

test('a full DATA partition stops no update, and costs no setting', async ({ machines, nextImage }) => {
  await using updates = await offer([nextImage]);
  await using before = await machines.fork({ services: [updates] });
  await commit(before, { motd: 'before DATA was full' });
  const machine = await before.powerCut();
  await fillFileSystem(machine.disk, 'BOTTLEROCKET-DATA');

  await using vm = await machine.boot();
  await bootFinished(vm, within(60_000, 'all units to start'));
  await commit(vm, { motd: 'while DATA is full' });
  await makeReady(vm);
  await vm.powerCut();
  await using updated = await machine.boot();
  await bootIsGood(updated);
  expect(await runningVersion(updated)).toBe(nextImage.manifest?.os.version);
  expect(await motd(updated)).toBe('while DATA is full');
});

test('a full PRIVATE partition loses no setting, stops an update before it is written, and all works when there is room', async ({
  machines,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using before = await machines.fork({ services: [updates] });
  await commit(before, { motd: 'before PRIVATE was full' });
  const machine = await before.powerCut();
  const makeRoom = await fillFileSystem(machine.disk, 'BOTTLEROCKET-PRIVATE');

  await using full = await machine.boot();
  await bootFinished(full, within(60_000, 'all units to start'));
  await expect(commit(full, { motd: 'while PRIVATE is full' })).rejects.toThrow(
    /answered 500: .*No space left on device/,
  );
  expect(await motd(full)).toBe('before PRIVATE was full');
  const { most_recent_command: told } = await run(full, 'refresh');
  expect(told).toMatchObject({ cmd_status: 'Failed' });
  expect(told?.stderr).toMatch(/No space left on device/);
  expect(await slotWords(full)).toMatchObject(UNTOUCHED);

  await full.powerCut();
  await makeRoom();
  await using vm = await machine.boot();
  await bootFinished(vm, within(60_000, 'all units to start'));
  expect(await motd(vm)).toBe('before PRIVATE was full');
  await commit(vm, { motd: 'with room again' });
  await succeed(vm, 'refresh');
});
