import { expect, faults, publish, updateSuite, withTargets, within } from '../../harness/index.ts';
import type { Offer, Vm } from '../../harness/index.ts';
import { UNTOUCHED, slotWords } from '../support/updates.ts';
import { listing, withManifest, type Entry } from './support/manifest.ts';

const test = updateSuite();

const GONE = {
  update_state: 'Available',
  staging_partition: null,
  most_recent_command: {
    cmd_type: 'prepare',
    cmd_status: 'Failed',
    exit_status: 66,
    stderr: 'Previously chosen Update no longer exists',
  },
};

const RECALLS: readonly (readonly [string, (entry: Entry) => unknown])[] = [
  ['is no longer listed', () => ({ updates: [], migrations: {} })],
  ['is above a lowered max_version', listing(() => ({ max_version: '0.0.1' }))],
];

test('a recalled update is not prepared', async ({ vm, updates, nextImage }) => {
  const { service } = updates;
  let repository = updates.repository;
  for (const [what, manifest] of RECALLS) {
    await vm.api.updates.succeed('refresh');
    repository = withManifest(repository, manifest, nextImage);
    service.files = publish(repository);
    expect(await vm.api.updates.run('prepare'), `a version that ${what}`).toMatchObject(GONE);
    repository = withTargets(updates.repository.targets)(repository);
    service.files = publish(repository);
  }
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);
  expect(await vm.api.updates.succeed('prepare')).toMatchObject({ update_state: 'Staged' });
});

test('an update is not prepared against a later lock', async ({ vm, updates }) => {
  await vm.api.updates.succeed('refresh');
  await lock(vm, updates, '9.9.9');
  expect(await vm.api.updates.run('prepare')).toMatchObject(GONE);
  expect(await slotWords(vm)).toMatchObject(UNTOUCHED);
});

/** Sets the lock, and waits until the updater has read it: its requests show the seed that was set with it. No update is found. */
async function lock(vm: Vm, { service }: Offer, version: string): Promise<void> {
  const seed = 1234;
  const lift = service.inject(/timestamp\.json$/, faults.answers(404));
  await vm.api.patchSettings({ updates: { 'version-lock': version, seed } });
  await vm.api.tx.commitAndApply();
  await within(30_000, `requests with the seed ${seed}`).poll(async () => {
    await vm.api.updates.run('prepare');
    return service.requests.at(-1)?.query['seed'] === String(seed) ? true : undefined;
  }, 50);
  lift();
}
