import {
  expect,
  generateKeyRing,
  hostile,
  publish,
  updateSuite,
  withRoot,
  withTargets,
} from '../../harness/index.ts';
import type { FileTree, Repository } from '../../harness/index.ts';
import { ROOT_IMAGE, slotWords } from '../support/updates.ts';

const test = updateSuite();

/** Which command detects the attack, and the machine's message about it. */
type Attack = readonly [
  title: string,
  files: (honest: Repository, before: Repository) => FileTree,
  detectedBy: 'refresh' | 'prepare',
  reason: RegExp,
  /** A new root that is well signed, so the machine trusts it from then on. */
  newRoot?: (before: Repository) => Repository,
];

const next = (repository: Repository): Repository => withTargets(repository.targets)(repository);

const ATTACKS: readonly Attack[] = [
  [
    'targets metadata with forged signatures',
    (honest) => publish(hostile.forged('targets')(next(honest))),
    'refresh',
    /[Ss]ignature threshold/,
  ],
  [
    'a snapshot below the signature threshold',
    (honest) => publish(hostile.belowThreshold('snapshot')(next(honest))),
    'refresh',
    /[Ss]ignature threshold/,
  ],
  [
    'an expired timestamp',
    (honest) => publish(hostile.expired('timestamp')(next(honest))),
    'refresh',
    /expired/,
  ],
  [
    'an expired snapshot',
    (honest) => publish(hostile.expired('snapshot')(next(honest))),
    'refresh',
    /expired/,
  ],
  ['an expired root', (honest) => publish(next(honest)), 'refresh', /expired/, hostile.expiredRoot()],
  [
    'an older repository than before',
    (honest) => publish(hostile.rolledBack('timestamp')(honest)),
    'refresh',
    /^Found version 1 of timestamp metadata when we had previously fetched version 2$/,
  ],
  [
    'a mixture of two repository versions',
    (honest) => hostile.mixAndMatch(next(honest), honest),
    'refresh',
    /Hash mismatch for .*targets\.json/,
  ],
  [
    'metadata signed with revoked keys',
    (rotated, { keys }) => publish(hostile.signedByRevokedKeys(keys, 'targets')(next(rotated))),
    'refresh',
    /[Ss]ignature threshold/,
    (before) => withRoot({ keys: generateKeyRing() })(before),
  ],
  [
    'a target with a wrong hash',
    (honest) => publish(lyingAbout(honest, { sha256: '0'.repeat(64) })),
    'prepare',
    /Hash mismatch/,
  ],
  [
    'a target with a wrong length',
    (honest) => publish(lyingAbout(honest, { lengthBytes: 10 })),
    'prepare',
    /Maximum size 10 .*exceeded/,
  ],
];

// Each attack leaves the machine unchanged, and it still accepts an honest repository.
test.for(ATTACKS)('rejects %s', async ([, files, command, reason, newRoot], { vm, updates }) => {
  const { service } = updates;
  const repository = next(updates.repository);
  service.files = publish(repository);
  await vm.api.updates.succeed('refresh');
  const words = await slotWords(vm);

  const attacked = newRoot?.(repository) ?? repository;
  service.files = files(attacked, repository);
  if (command === 'prepare') await vm.api.updates.succeed('refresh');
  const after = await vm.api.updates.run(command);

  expect(after.most_recent_command).toMatchObject({ cmd_type: command, cmd_status: 'Failed' });
  expect(after.most_recent_command?.stderr).toMatch(reason);
  expect(after.update_state).toBe(command === 'refresh' ? 'Idle' : 'Available');
  expect(await slotWords(vm)).toEqual(words);

  service.files = publish(next(next(withRoot({ keys: attacked.keys })(attacked))));
  await vm.api.updates.succeed('refresh');
});

/** The targets metadata is true of everything but the root image. */
function lyingAbout(honest: Repository, lie: Parameters<typeof hostile.misdescribed>[1]): Repository {
  const root = honest.targets.find(({ name }) => ROOT_IMAGE.test(name));
  return hostile.misdescribed(String(root?.name), lie)(next(honest));
}
