import { expect, faults, updateSuite } from '../../harness/index.ts';
import type { UpdateCommand, Vm } from '../../harness/index.ts';
import { prefer } from '../support/updates.ts';

const test = updateSuite();

test('there is no status before the first refresh', async ({ vm }) => {
  await expect(vm.api.updates.status()).rejects.toThrow(
    'answered 404: Update status is uninitialized, refresh-updates to initialize it',
  );
});

test('a command that the state forbids changes nothing', async ({ vm }) => {
  for (const command of ['prepare', 'activate', 'deactivate'] as const) await expectRejection(vm, command);
  const available = await vm.api.updates.succeed('refresh');
  for (const command of ['activate', 'deactivate'] as const) await expectRejection(vm, command);
  expect(await vm.api.updates.statusAtRest()).toEqual(available);
});

test('only one command runs at a time', async ({ vm, updates }) => {
  const lift = updates.service.inject(/timestamp\.json$/, faults.dripping(200));
  await vm.api.updates.start('refresh');
  const second = vm.api.updates.start('refresh');
  await expect(second).rejects.toThrow('answered 423: Update lock held');
  const status = vm.api.updates.status();
  await expect(status).rejects.toThrow('answered 423: Update lock held');
  lift();
  expect(await vm.api.updates.statusAtRest()).toMatchObject({
    update_state: 'Available',
    most_recent_command: { cmd_type: 'refresh', cmd_status: 'Success' },
  });
});

test('of several commands sent at once, one is done', async ({ vm, updates }) => {
  await vm.api.updates.succeed('refresh');
  const lift = updates.service.inject(/timestamp\.json$|-root\.ext4\.lz4$/, faults.dripping(200));
  const sent = ['prepare', 'refresh', 'prepare', 'refresh', 'prepare'] as const;
  const answers = await Promise.allSettled(sent.map((command) => vm.api.updates.start(command)));
  lift();
  const taken = sent.filter((_, index) => answers[index]?.status === 'fulfilled');
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []));
  expect(taken).toHaveLength(1);
  for (const reason of refused) expect(reason).toContain('answered 423: Update lock held');
  expect(await vm.api.updates.statusAtRest()).toMatchObject({
    update_state: taken[0] === 'prepare' ? 'Staged' : 'Available',
    most_recent_command: { cmd_type: taken[0], cmd_status: 'Success' },
  });
});

test('requests to the repository carry version and seed', async ({ vm, updates, image }) => {
  await prefer(vm, updates, { seed: 1234 });
  updates.service.requests.length = 0;
  await vm.api.updates.succeed('refresh');
  const { requests } = updates.service;
  expect(requests.length).toBeGreaterThan(3);
  for (const { query } of requests) {
    expect(query).toMatchObject({ seed: '1234', version: image.manifest?.os.version });
  }
});

async function expectRejection(vm: Vm, command: UpdateCommand): Promise<void> {
  await expect(vm.api.updates.start(command)).rejects.toThrow(
    'answered 409: Update action not allowed according to update state',
  );
}
