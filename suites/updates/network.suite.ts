import { coldSuite, expect, faults, offer, updateStatusAtRest, within } from '../../harness/index.ts';
import { ROOT_IMAGE, run, slotWords, succeed, UNTOUCHED } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

const MIB = 2 ** 20;

test('a download that breaks off goes on where it broke off', async ({ machines, nextImage }) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await succeed(vm, 'refresh');
  const lift = updates.service.inject(ROOT_IMAGE, faults.cutAfter(20 * MIB));
  await vm.api.updates.start('prepare', { deadline: within(5000, 'the download to begin') });
  const deadline = within(30_000, 'the download to go on in the middle');
  await deadline.poll(() => (resumed() ? true : undefined), 20);
  lift();
  expect(await updateStatusAtRest(vm.api, within(60_000, 'the rest of the download'))).toMatchObject({
    update_state: 'Staged',
    most_recent_command: { cmd_status: 'Success' },
  });

  function resumed(): boolean {
    return updates.service.requests.some(
      ({ path, range = '' }) => ROOT_IMAGE.test(path) && /^bytes=[1-9]\d+-$/.test(range),
    );
  }
});

test.for([
  ['says that it has failed', faults.answers(500), /answered 500/],
  ['has lost the image', faults.answers(404), /answered 404/],
  ['gives an image with a wrong bit', faults.corrupted(), /hash|checksum|block/i],
  ['gives an image that is too short', faults.shortened(1000), /Hash mismatch/],
  ['never stops sending', faults.endless(), /Maximum size \d+ .*exceeded/],
] as const)(
  'a repository that %s leaves the machine as it was, and the next try succeeds',
  async ([, fault, reason], { machines, nextImage }) => {
    await using updates = await offer([nextImage]);
    await using vm = await machines.fork({ services: [updates] });
    await succeed(vm, 'refresh');
    const lift = updates.service.inject(ROOT_IMAGE, fault);
    const failed = await run(vm, 'prepare');
    expect(failed).toMatchObject({
      update_state: 'Available',
      most_recent_command: { cmd_status: 'Failed' },
    });
    expect(failed.most_recent_command?.stderr).toMatch(reason);
    expect(await slotWords(vm)).toMatchObject(UNTOUCHED);
    lift();
    expect(await succeed(vm, 'prepare')).toMatchObject({ update_state: 'Staged' });
  },
);

test('a network that is gone for a while delays an update, and no more', async ({ machines, nextImage }) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await succeed(vm, 'refresh');
  updates.service.inject(ROOT_IMAGE, faults.dripping(20 * MIB));
  await vm.api.updates.start('prepare', { deadline: within(5000, 'the download to begin') });
  await setLink(false);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await setLink(true);
  expect(await updateStatusAtRest(vm.api, within(90_000, 'the download to end'))).toMatchObject({
    update_state: 'Staged',
  });

  function setLink(up: boolean): Promise<unknown> {
    return vm.qmp.execute('set_link', { name: 'net0', up }, within(5000, 'the cable to be pulled'));
  }
});
