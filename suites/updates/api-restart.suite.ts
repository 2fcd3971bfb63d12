import {
  coldSuite,
  deferred,
  endService,
  expect,
  faults,
  offer,
  updateStatusAtRest,
  within,
} from '../../harness/index.ts';
import type { ServiceEnding, Vm } from '../../harness/index.ts';
import { ROOT_IMAGE, slotWords, succeed, UNTOUCHED } from './support/commands.ts';

// Nothing in a production image can end its host API; the development variant has a service that can.
const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'journal-port', 'bench-service'] });

const HELD_BYTES = 8 * 2 ** 20;

test.for([
  ['is restarted', 'restart'],
  ['crashes', 'kill'],
] as const)(
  'a download goes on, and keeps other commands out, when the host API %s',
  async ([, ending], { machines, nextImage }) => {
    await using updates = await offer([nextImage]);
    await using vm = await machines.fork({ services: [updates] });
    await succeed(vm, 'refresh');
    const apiIsBack = deferred<undefined>();
    updates.service.inject(ROOT_IMAGE, faults.stalledAfter(HELD_BYTES, apiIsBack.promise));
    updates.service.requests.length = 0;
    const underWay = within(30_000, 'the download to be under way');
    await vm.api.updates.start('prepare', { deadline: underWay });
    const download = await underWay.poll(
      () =>
        updates.service.requests.find(
          ({ path, sentBytes }) => ROOT_IMAGE.test(path) && sentBytes >= HELD_BYTES,
        ),
      20,
    );

    await endApi(vm, ending);
    const locked = { status: 423 };
    const atWork = { deadline: within(5000, 'an answer while the updater works') };
    await expect(vm.api.updates.status(atWork)).rejects.toMatchObject(locked);
    await expect(vm.api.updates.start('refresh', atWork)).rejects.toMatchObject(locked);
    expect(await slotWords(vm)).toMatchObject(UNTOUCHED);

    apiIsBack.resolve(undefined);
    expect(await updateStatusAtRest(vm.api, within(60_000, 'the rest of the download'))).toMatchObject({
      update_state: 'Staged',
      most_recent_command: { cmd_type: 'prepare', cmd_status: 'Success' },
    });
    expect(download.complete).toBe(true);
  },
);

/** Ends the host API, and returns when systemd has started another. */
async function endApi(vm: Vm, ending: ServiceEnding): Promise<void> {
  const starts = (): number =>
    vm.journal.entries.filter(({ message }) => message.startsWith('Started apiserver.service')).length;
  const before = starts();
  const deadline = within(30_000, `the host API to be back after its ${ending}`);
  await endService(vm.bridge, 'apiserver.service', ending, deadline);
  await deadline.poll(() => (starts() > before ? true : undefined), 50);
}
