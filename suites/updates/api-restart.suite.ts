import { deferred, endService, expect, faults, needs, updateSuite, within } from '../../harness/index.ts';
import type { ServiceEnding, Vm } from '../../harness/index.ts';
import { ROOT_IMAGE, UNTOUCHED, slotWords } from '../support/updates.ts';

const test = updateSuite();

const HELD_BYTES = 8 * 2 ** 20;

test.for([
  ['restarts', 'restart'],
  ['crashes', 'kill'],
] as const)('a download continues when the host API %s', async ([, ending], { vm, updates }) => {
  await vm.api.updates.succeed('refresh');
  const apiIsBack = deferred<undefined>();
  updates.service.inject(ROOT_IMAGE, faults.stalledAfter(HELD_BYTES, apiIsBack.promise));
  updates.service.requests.length = 0;
  await vm.api.updates.start('prepare');
  const download = await within(30_000, 'the download to be under way').poll(
    () =>
      updates.service.requests.find(
        ({ path, sentBytes }) => ROOT_IMAGE.test(path) && sentBytes >= HELD_BYTES,
      ),
    20,
  );

  await endApi(vm, ending);
  const locked = { status: 423 };
  await expect(vm.api.updates.status()).rejects.toMatchObject(locked);
  await expect(vm.api.updates.start('refresh')).rejects.toMatchObject(locked);
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);

  apiIsBack.resolve(undefined);
  expect(await vm.api.updates.statusAtRest()).toMatchObject({
    update_state: 'Staged',
    most_recent_command: { cmd_type: 'prepare', cmd_status: 'Success' },
  });
  expect(download.complete).toBe(true);
});

/** Ends the host API, and returns when systemd has started another. Only the development variant has a service that can. */
async function endApi(vm: Vm, ending: ServiceEnding): Promise<void> {
  needs('bench-service');
  const starts = (): number =>
    vm.journal.entries.filter(({ message }) => message.startsWith('Started apiserver.service')).length;
  const before = starts();
  const deadline = within(30_000, `the host API to be back after its ${ending}`);
  await endService(vm.bridge, 'apiserver.service', ending, deadline);
  await deadline.poll(() => (starts() > before ? true : undefined), 50);
}
