import { coldSuite, expect, faults, offer, updateStatusAtRest, within } from '../../harness/index.ts';
import type { UpdateCommand, Vm } from '../../harness/index.ts';
import { choose, succeed } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

test('the status is not there before the first refresh of a boot', async ({ machines, nextImage }) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await expect(vm.api.updates.status({ deadline: within(5000, 'a refusal') })).rejects.toThrow(
    'answered 404: Update status is uninitialized, refresh-updates to initialize it',
  );
});

test('a command that the state does not allow is refused, and changes nothing', async ({
  machines,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  for (const command of ['prepare', 'activate', 'deactivate'] as const) await isRefused(vm, command);
  const available = await succeed(vm, 'refresh');
  for (const command of ['activate', 'deactivate'] as const) await isRefused(vm, command);
  expect(await updateStatusAtRest(vm.api, within(5000, 'the status'))).toEqual(available);
});

test('one command works at a time', async ({ machines, nextImage }) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  const lift = updates.service.inject(/timestamp\.json$/, faults.dripping(200));
  await vm.api.updates.start('refresh', { deadline: within(5000, 'the refresh to begin') });
  const second = vm.api.updates.start('refresh', { deadline: within(5000, 'a refusal') });
  await expect(second).rejects.toThrow('answered 423: Update lock held');
  const status = vm.api.updates.status({ deadline: within(5000, 'a refusal') });
  await expect(status).rejects.toThrow('answered 423: Update lock held');
  lift();
  expect(await updateStatusAtRest(vm.api, within(30_000, 'the slow refresh'))).toMatchObject({
    update_state: 'Available',
    most_recent_command: { cmd_type: 'refresh', cmd_status: 'Success' },
  });
});

test('what a machine tells the repository is its version and seed', async ({
  machines,
  image,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await choose(vm, updates, { seed: 1234 });
  updates.service.requests.length = 0;
  await succeed(vm, 'refresh');
  const { requests } = updates.service;
  expect(requests.length).toBeGreaterThan(3);
  for (const { query } of requests) {
    expect(query).toMatchObject({ seed: '1234', version: image.manifest?.os.version });
  }
});

async function isRefused(vm: Vm, command: UpdateCommand): Promise<void> {
  await expect(vm.api.updates.start(command, { deadline: within(5000, 'a refusal') })).rejects.toThrow(
    'answered 409: Update action not allowed according to update state',
  );
}
