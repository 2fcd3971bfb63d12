import { FileService, expect, faults, publish, updateSuite, within } from '../../harness/index.ts';
import type { Offer, Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import { ROOT_IMAGE, UNTOUCHED, prepareAndActivate, runningVersion, slotWords } from '../support/updates.ts';

const test = updateSuite();

const ARRIVED_BYTES = 8 * 2 ** 20;

test('a download ends when its repository disappears', async ({ vm, updates }) => {
  const before = await vm.api.updates.succeed('refresh');
  await startDownload(vm, updates);
  await updates.service[Symbol.asyncDispose]();
  // Six tries with pauses of 8 s in all, and a silent connection counts as dead after 30 s.
  const after = await vm.api.updates.statusAtRest();
  const stderr: unknown = expect.stringMatching(ROOT_IMAGE.source.slice(0, -1));
  const failed = { cmd_type: 'prepare', cmd_status: 'Failed', exit_status: 1, stderr };
  expect(after).toEqual({ ...before, most_recent_command: failed });
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);

  const { socket } = updates;
  await using back = await FileService.listen(publish(updates.repository), socket);
  expect(await vm.api.updates.succeed('prepare')).toMatchObject({ update_state: 'Staged' });
  expect(back.requests).not.toHaveLength(0);
});

test('an interrupted download leaves the old version', async ({ vm, updates, image, nextImage }) => {
  await commit(vm, { motd: 'before the download' });
  await vm.api.updates.succeed('refresh');
  const goOn = await startDownload(vm, updates);
  await vm.reboot();
  goOn();
  await expectUnchanged(vm);
  await vm.api.updates.succeed('refresh');
  const lift = await startDownload(vm, updates);
  const machine = await vm.powerCut();
  lift();
  await using again = await machine.boot();
  await expectUnchanged(again);
  await prepareAndActivate(again);
  await again.powerCut();
  await using updated = await machine.boot();
  expect(await runningVersion(updated)).toBe(nextImage.manifest?.os.version);

  async function expectUnchanged(booted: Vm): Promise<void> {
    await booted.waitForBoot();
    expect(await runningVersion(booted)).toBe(image.manifest?.os.version);
    expect(await slotWords(booted)).toMatchObject(UNTOUCHED);
    expect(await motd(booted)).toBe('before the download');
  }
});

/**
 * Starts to prepare an update, and returns when a part of its root was sent; nothing follows.
 *
 * @returns what lets later downloads finish.
 */
async function startDownload(vm: Vm, { service }: Offer): Promise<() => void> {
  const lift = service.inject(ROOT_IMAGE, faults.stalledAfter(ARRIVED_BYTES));
  service.requests.length = 0;
  await vm.api.updates.start('prepare');
  const arrived = (): boolean =>
    service.requests.some(({ path, sentBytes }) => ROOT_IMAGE.test(path) && sentBytes >= ARRIVED_BYTES);
  await within(30_000, 'the download to be under way').poll(() => (arrived() ? true : undefined), 20);
  return lift;
}
