import { Targets } from '@tufjs/models';
import { expect, test } from 'vitest';

import { SAMPLE_LIVEPATCH } from '../../image/livepatch/testing/sample-livepatch.ts';
import { livepatchTarget, withLivepatches } from './livepatch-target.ts';
import { publish } from './publish.ts';
import type { Repository } from './repository.ts';
import { sampleRepository } from './testing/sample-repository.ts';
import { TufClient } from './testing/tuf-client.ts';

const NAME = 'livepatch-my-patch-0123456789abcdef.ko';

function publishedTargets(repository: Repository): Targets['targets'] {
  const path = `metadata/${repository.roles.targets.version}.targets.json`;
  const content = publish(repository).get(path);
  if (!Buffer.isBuffer(content)) throw new Error(`The repository has no ${path}.`);
  const { signed } = JSON.parse(content.toString('utf8')) as { signed: never };
  return Targets.fromJSON(signed).targets;
}

test('a live patch reaches the clients of a repository, with what is said of it', async () => {
  const { repository, firstRoot } = sampleRepository();
  const offered = withLivepatches([SAMPLE_LIVEPATCH])(repository);
  await using client = await TufClient.of(publish(offered), firstRoot);
  expect(await client.download(NAME)).toEqual(SAMPLE_LIVEPATCH.content);

  const targets = publishedTargets(offered);
  expect(targets[NAME]?.unrecognizedFields).toEqual({ custom: { livepatch: SAMPLE_LIVEPATCH.metadata } });
  expect(targets['manifest.json']?.unrecognizedFields).toEqual({});
});

test('a live patch is withdrawn in the next version, and updates stay', () => {
  const { repository } = sampleRepository();
  const offered = withLivepatches([SAMPLE_LIVEPATCH])(repository);
  const withdrawn = withLivepatches([])(offered);
  expect(Object.keys(publishedTargets(withdrawn))).toEqual(Object.keys(publishedTargets(repository)));
  expect(withdrawn.roles.targets.version).toBe(3);
});

test('patches of one name for several builds of the kernel stand beside each other', () => {
  const other = { ...SAMPLE_LIVEPATCH.metadata, kernel_build_id: 'f'.repeat(40) };
  const names = [SAMPLE_LIVEPATCH, { ...SAMPLE_LIVEPATCH, metadata: other }].map(
    (patch) => livepatchTarget(patch).name,
  );
  expect(names).toEqual([NAME, 'livepatch-my-patch-ffffffffffffffff.ko']);
});
