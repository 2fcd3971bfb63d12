import { setTimeout as sleep } from 'node:timers/promises';

import { expect, faults, updateSuite, within } from '../../harness/index.ts';
import { ROOT_IMAGE, UNTOUCHED, slotWords } from '../support/updates.ts';

const test = updateSuite();

const MIB = 2 ** 20;
/** Half of it is more than the buffers on the way need to fill. */
const OUTAGE_MS = 4000;

test('an interrupted download resumes where it stopped', async ({ vm, updates }) => {
  await vm.api.updates.succeed('refresh');
  const lift = updates.service.inject(ROOT_IMAGE, faults.cutAfter(20 * MIB));
  await vm.api.updates.start('prepare');
  await within(30_000, 'the download to resume in the middle').poll(() => (resumed() ? true : undefined), 20);
  lift();
  expect(await vm.api.updates.statusAtRest()).toMatchObject({
    update_state: 'Staged',
    most_recent_command: { cmd_status: 'Success' },
  });

  function resumed(): boolean {
    return updates.service.requests.some(
      ({ path, headers: { range = '' } }) => ROOT_IMAGE.test(path) && /^bytes=[1-9]\d+-$/.test(range),
    );
  }
});

test.for([
  ['fails', faults.answers(500), /answered 500/],
  ['has lost the image', faults.answers(404), /answered 404/],
  ['sends a corrupted image', faults.corrupted(), /hash|checksum|block/i],
  ['sends a truncated image', faults.shortened(1000), /Hash mismatch/],
  ['never stops sending', faults.endless(), /Maximum size \d+ .*exceeded/],
] as const)('nothing changes when the repository %s', async ([, fault, reason], { vm, updates }) => {
  await vm.api.updates.succeed('refresh');
  const lift = updates.service.inject(ROOT_IMAGE, fault);
  const failed = await vm.api.updates.run('prepare');
  expect(failed).toMatchObject({
    update_state: 'Available',
    most_recent_command: { cmd_status: 'Failed' },
  });
  expect(failed.most_recent_command?.stderr).toMatch(reason);
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);
  lift();
  expect(await vm.api.updates.succeed('prepare')).toMatchObject({ update_state: 'Staged' });
});

test('a network outage only delays an update', async ({ vm, updates }) => {
  await vm.api.updates.succeed('refresh');
  updates.service.inject(ROOT_IMAGE, faults.dripping(10 * MIB));
  await vm.api.updates.start('prepare');
  const download = await within(30_000, 'the download to be under way').poll(
    () => updates.service.requests.find(({ path, sentBytes }) => ROOT_IMAGE.test(path) && sentBytes > MIB),
    20,
  );
  await expect(vm.api.updates.status()).rejects.toMatchObject({
    status: 423,
    body: expect.stringMatching(/: [1-9]\d* of \d+ bytes of the update are fetched/) as unknown,
  });
  await setLink(false);
  await sleep(OUTAGE_MS / 2);
  const { sentBytes, complete } = download;
  expect(complete, 'the download has ended before the outage').toBe(false);
  await sleep(OUTAGE_MS / 2);
  expect(download.sentBytes, 'bytes that were sent during the outage').toBe(sentBytes);
  await setLink(true);
  expect(await vm.api.updates.statusAtRest()).toMatchObject({
    update_state: 'Staged',
    most_recent_command: { cmd_type: 'prepare', cmd_status: 'Success' },
  });

  function setLink(up: boolean): Promise<unknown> {
    return vm.qmp.execute('set_link', { name: 'net0', up }, within(5000, 'the cable to be pulled'));
  }
});
