import {
  coldSuite,
  expect,
  generateKeyRing,
  hostile,
  offer,
  publish,
  withRoot,
  withTargets,
} from '../../harness/index.ts';
import type { FileTree, Repository } from '../../harness/index.ts';
import { ROOT_IMAGE, run, slotWords, succeed } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

/** In whose turn an attack is seen through, and what the machine says about it. */
type Attack = readonly [
  title: string,
  files: (honest: Repository) => FileTree,
  seenThrough: 'refresh' | 'prepare',
  reason: RegExp,
];

const next = (repository: Repository): Repository => withTargets(repository.targets)(repository);

const ATTACKS: readonly Attack[] = [
  [
    'targets signed by nobody who may',
    (honest) => publish(hostile.forged('targets')(next(honest))),
    'refresh',
    /[Ss]ignature threshold/,
  ],
  [
    'a snapshot signed by too few',
    (honest) => publish(hostile.belowThreshold('snapshot')(next(honest))),
    'refresh',
    /[Ss]ignature threshold/,
  ],
  [
    'a time stamp past its time',
    (honest) => publish(hostile.expired('timestamp')(next(honest))),
    'refresh',
    /expired/,
  ],
  [
    'a snapshot past its time',
    (honest) => publish(hostile.expired('snapshot')(next(honest))),
    'refresh',
    /expired/,
  ],
  ['a root past its time', (honest) => publish(hostile.expiredRoot()(next(honest))), 'refresh', /expired/],
  [
    'a repository older than the one it has seen',
    (honest) => publish(hostile.rolledBack('timestamp')(honest)),
    'refresh',
    /^Found version 1 of timestamp metadata when we had previously fetched version 2$/,
  ],
  [
    'a mixture of two versions',
    (honest) => hostile.mixAndMatch(next(honest), honest),
    'refresh',
    /Hash mismatch for .*targets\.json/,
  ],
  ['keys that a newer root has revoked', revokedKeys, 'refresh', /[Ss]ignature threshold/],
  [
    'a target with another hash',
    (honest) => publish(lyingAbout(honest, { sha256: '0'.repeat(64) })),
    'prepare',
    /Hash mismatch/,
  ],
  [
    'a target with another length',
    (honest) => publish(lyingAbout(honest, { lengthBytes: 10 })),
    'prepare',
    /Maximum size 10 .*exceeded/,
  ],
];

test.for(ATTACKS)(
  '%s is refused, with the reason, and the machine stays as it is',
  async ([, files, command, reason], { machines, nextImage }) => {
    await using updates = await offer([nextImage]);
    await using vm = await machines.fork({ services: [updates] });
    const { service } = updates;
    const repository = next(updates.repository);
    service.files = publish(repository);
    const before = await succeed(vm, 'refresh');
    const words = await slotWords(vm);

    service.files = files(repository);
    if (command === 'prepare') await succeed(vm, 'refresh');
    const after = await run(vm, command);

    expect(after.most_recent_command).toMatchObject({ cmd_type: command, cmd_status: 'Failed' });
    expect(after.most_recent_command?.stderr).toMatch(reason);
    expect(after.update_state).toBe(before.update_state);
    expect(await slotWords(vm)).toEqual(words);

    service.files = publish(next(next(repository)));
    await succeed(vm, 'refresh');
  },
);

test('a root that hands over to new keys is followed', async ({ machines, nextImage }) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await succeed(vm, 'refresh');
  const rotated = withRoot({ keys: generateKeyRing() })(next(updates.repository));
  updates.service.files = publish(rotated);
  expect(await succeed(vm, 'refresh')).toMatchObject({ update_state: 'Available' });
});

/** The targets metadata is right about everything but the root image. */
function lyingAbout(honest: Repository, lie: Parameters<typeof hostile.misdescribed>[1]): Repository {
  const root = honest.targets.find(({ name }) => ROOT_IMAGE.test(name));
  return hostile.misdescribed(String(root?.name), lie)(next(honest));
}

function revokedKeys(honest: Repository): FileTree {
  const rotated = withRoot({ keys: generateKeyRing() })(next(honest));
  return publish(hostile.signedByRevokedKeys(honest.keys, 'targets')(rotated));
}
