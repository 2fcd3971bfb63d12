import {
  bootFinished,
  coldSuite,
  expect,
  faults,
  FileService,
  offer,
  publish,
  updateStatusAtRest,
  within,
} from '../../harness/index.ts';
import type { Offer, Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import {
  makeReady,
  reboot,
  ROOT_IMAGE,
  runningVersion,
  slotWords,
  succeed,
  UNTOUCHED,
} from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'journal-port'] });

const ARRIVED_BYTES = 8 * 2 ** 20;
/** Six tries with pauses of 8 s in all, and a connection that says nothing is dead after 30 s. */
const GIVEN_UP_MS = 60_000;

test('a repository that is gone for good in the middle of a download is given up, and used again when it is back', async ({
  machines,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  const before = await succeed(vm, 'refresh');
  await startDownload(vm, updates);
  await updates.service[Symbol.asyncDispose]();
  const after = await updateStatusAtRest(vm.api, within(GIVEN_UP_MS, 'the download to be given up'));
  const stderr: unknown = expect.stringMatching(ROOT_IMAGE.source.slice(0, -1));
  const told = { cmd_type: 'prepare', cmd_status: 'Failed', exit_status: 1, stderr };
  expect(after).toEqual({ ...before, most_recent_command: told });
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);

  const { socket } = updates;
  await using back = await FileService.listen(publish(updates.repository), socket);
  expect(await succeed(vm, 'prepare')).toMatchObject({ update_state: 'Staged' });
  expect(back.requests).not.toHaveLength(0);
});

test('a reboot and a power cut in the middle of a download leave the old version, and the next try succeeds', async ({
  machines,
  image,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await commit(vm, { motd: 'before the download' });
  await succeed(vm, 'refresh');
  const goOn = await startDownload(vm, updates);
  await reboot(vm);
  goOn();
  await isAsBefore(vm);
  await succeed(vm, 'refresh');
  const lift = await startDownload(vm, updates);
  const machine = await vm.powerCut();
  lift();
  await using again = await machine.boot();
  await isAsBefore(again);
  await makeReady(again);
  await again.powerCut();
  await using updated = await machine.boot();
  expect(await runningVersion(updated)).toBe(nextImage.manifest?.os.version);

  async function isAsBefore(booted: Vm): Promise<void> {
    await bootFinished(booted, within(60_000, 'all units to start'));
    expect(await runningVersion(booted)).toBe(image.manifest?.os.version);
    expect(await slotWords(booted)).toMatchObject(UNTOUCHED);
    expect(await motd(booted)).toBe('before the download');
  }
});

/**
 * Starts to prepare an update, and returns when a part of its root was sent; nothing follows.
 *
 * @returns what lets later downloads come to an end.
 */
async function startDownload(vm: Vm, { service }: Offer): Promise<() => void> {
  const lift = service.inject(ROOT_IMAGE, faults.stalledAfter(ARRIVED_BYTES));
  service.requests.length = 0;
  const deadline = within(30_000, 'the download to be under way');
  await vm.api.updates.start('prepare', { deadline });
  const arrived = (): boolean =>
    service.requests.some(({ path, sentBytes }) => ROOT_IMAGE.test(path) && sentBytes >= ARRIVED_BYTES);
  await deadline.poll(() => (arrived() ? true : undefined), 20);
  return lift;
}
