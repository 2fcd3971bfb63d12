import { describe, expect, test } from 'vitest';

import type { FileTree } from '../content.ts';
import { corrupted, endless, lengthened, replacedBy, shortened } from '../http/faults.ts';
import {
  belowThreshold,
  expired,
  expiredRoot,
  forged,
  misdescribed,
  mixAndMatch,
  rolledBack,
  signedByRevokedKeys,
} from './hostile.ts';
import { generateKeyRing } from './keys/key-ring.ts';
import { publish } from './publish.ts';
import { encodeRoot } from './root.ts';
import { createRepository, withRoot, withTargets, type Repository } from './repository.ts';
import { targetOf } from './target.ts';
import { sampleRepository, sampleTargets } from './testing/sample-repository.ts';
import { TufClient } from './testing/tuf-client.ts';

const { repository, firstRoot } = sampleRepository();
const [manifest, image] = repository.targets as [Repository['targets'][0], Repository['targets'][0]];
const nextVersion = withTargets(sampleTargets('0.3.0'))(repository);
const later = new Date(Date.now() + 86_400_000);
const otherKeys = generateKeyRing();

describe('an honest repository', () => {
  test('is taken, each of its targets too', async () => {
    await using client = await TufClient.of(publish(repository), firstRoot);
    for (const { name, content } of repository.targets) {
      expect(await client.download(name), name).toEqual(content);
    }
    expect(await client.download('nothing')).toBeUndefined();
  });

  test('moves on', async () => {
    await using client = await TufClient.of(publish(repository), firstRoot);
    await client.refresh();
    client.service.files = publish(nextVersion);
    expect(String(await client.download('manifest.json'))).toContain('"version":"0.3.0"');
    expect(await client.trustedVersion('snapshot')).toBe(2);
  });

  test('writes times in whole seconds, the only form that all clients take', () => {
    for (const [path, content] of publish(repository)) {
      if (!path.startsWith('metadata/')) continue;
      expect(String(content as Buffer), path).toMatch(/"expires": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/);
    }
  });

  test('is signed by keys that are good until they are revoked', async () => {
    await using client = await TufClient.of(
      publish(signedByRevokedKeys(repository.keys, 'targets')(nextVersion)),
      firstRoot,
    );
    await client.refresh();
    expect(await client.trustedVersion('targets')).toBe(2);
  });

  test('changes its keys, and changes them again', async () => {
    const once = withRoot({ keys: otherKeys, expires: later })(repository);
    const twice = withRoot({ keys: repository.keys, expires: later })(once);
    await using client = await TufClient.of(publish(once), firstRoot);
    for (const [version, files] of [
      [2, publish(once)],
      [3, publish(twice)],
    ] as const) {
      client.service.files = files;
      await client.refresh();
      expect(await client.trustedVersion('root')).toBe(version);
    }
  });

  test('changes its keys for clients that begin with a later root', async () => {
    const { keys, targets } = repository;
    const third = encodeRoot({ version: 3, expires: later, keys, signers: keys.root.keys });
    const changed = withRoot({ keys: otherKeys, expires: later })(createRepository(keys, third, targets));
    await using client = await TufClient.of(publish(changed), third);
    await client.refresh();
    expect(await client.trustedVersion('root')).toBe(4);
  });

  test('wants as many signatures as its root says', async () => {
    const { root, targets, snapshot, timestamp } = repository.keys;
    const keys = {
      root,
      targets,
      snapshot,
      timestamp: { keys: [...timestamp.keys, ...snapshot.keys], threshold: 2 },
    };
    const strict = withRoot({ keys, expires: later })(repository);
    await using client = await TufClient.of(publish(strict), firstRoot);
    await client.refresh();
    client.service.files = publish(belowThreshold('timestamp')(strict));
    await expect(client.refresh()).rejects.toThrow('timestamp was signed by 1/2 keys');
  });
});

describe('a client that knows the first version refuses', () => {
  const newKeys = { keys: otherKeys, expires: later };
  const oldOnes = repository.keys.root.keys;
  test.each<[string, FileTree, RegExp]>([
    [
      'a timestamp that is forged',
      publish(forged('timestamp')(repository)),
      /timestamp was signed by 0\/1 keys/,
    ],
    [
      'a snapshot that is forged',
      publish(forged('snapshot')(nextVersion)),
      /snapshot was signed by 0\/1 keys/,
    ],
    ['targets that are forged', publish(forged('targets')(nextVersion)), /targets was signed by 0\/1 keys/],
    [
      'targets with forged signatures',
      publish(belowThreshold('targets')(nextVersion)),
      /targets was signed by 0\/1/,
    ],
    ['a timestamp that has expired', publish(expired('timestamp')(nextVersion)), /timestamp.json is expired/],
    ['a snapshot that has expired', publish(expired('snapshot')(nextVersion)), /snapshot.json is expired/],
    ['targets that have expired', publish(expired('targets')(nextVersion)), /targets.json is expired/],
    ['a root that has expired', publish(expiredRoot()(nextVersion)), /root.json is expired/],
    [
      'a root of new keys alone',
      publish(withRoot({ ...newKeys, signers: otherKeys.root.keys })(repository)),
      /root was signed by 0\/2/,
    ],
    [
      'a root of old keys alone',
      publish(withRoot({ ...newKeys, signers: oldOnes })(repository)),
      /root was signed by 0\/2/,
    ],
    [
      'a root that one key of two signed',
      publish(withRoot({ keys: repository.keys, expires: later, signers: oldOnes.slice(1) })(repository)),
      /root was signed by 1\/2/,
    ],
    [
      'keys that were revoked',
      publish(signedByRevokedKeys(repository.keys, 'targets')(withRoot(newKeys)(nextVersion))),
      /targets was signed by 0\/1/,
    ],
    ['files of different versions', mixAndMatch(nextVersion, repository), /hash .* but got/i],
  ])('%s', async (_what, files, reason) => {
    await using client = await TufClient.of(publish(repository), firstRoot);
    await client.refresh();
    client.service.files = files;
    await expect(client.refresh()).rejects.toThrow(reason);
    expect(await client.trustedVersion('targets')).toBe(1);
  });
});

describe('a client that knows the second version refuses', () => {
  test.each<[string, Repository, RegExp]>([
    ['an older timestamp', repository, /timestamp version 1 is less than current version 2/],
    [
      'an older snapshot',
      rolledBack('snapshot')({
        ...nextVersion,
        roles: { ...nextVersion.roles, timestamp: { ...nextVersion.roles.timestamp, version: 3 } },
      }),
      /snapshot version 1 is less than current version 2/i,
    ],
  ])('%s', async (_what, hostile, reason) => {
    await using client = await TufClient.of(publish(nextVersion), firstRoot);
    await client.refresh();
    client.service.files = publish(hostile);
    await expect(client.refresh()).rejects.toThrow(reason);
  });
});

describe('a target is refused', () => {
  test.each([
    ['whose metadata gives another length', { lengthBytes: 3 }, /Max length reached/],
    ['whose metadata gives another hash', { sha256: '0'.repeat(64) }, /Expected hash 0{64} but got/],
  ])('%s', async (_what, lie, reason) => {
    await using client = await TufClient.of(publish(misdescribed(image.name, lie)(repository)), firstRoot);
    await expect(client.download(image.name)).rejects.toThrow(reason);
  });

  test.each([
    ['one bit is wrong', corrupted(), /Expected hash .* but got/],
    ['it is too short', shortened(1), /Expected length 4 but got 3/],
    ['it is too long', lengthened(1), /Max length reached/],
    ['it never ends', endless(), /Max length reached/],
  ])('when %s', async (_what, fault, reason) => {
    await using client = await TufClient.of(publish(repository), firstRoot);
    client.service.inject(/-boot\./, fault);
    await expect(client.download(image.name)).rejects.toThrow(reason);
  });

  test('whose name leads out of its directory', async () => {
    const name = '../../outside';
    await using client = await TufClient.of(
      publish(misdescribed(image.name, { name })(repository)),
      firstRoot,
    );
    await expect(client.download(name)).rejects.toThrow(/Failed to download/);
  });
});

test('a frozen timestamp keeps a client where it is', async () => {
  await using client = await TufClient.of(publish(repository), firstRoot);
  const old = client.service.files.get('metadata/timestamp.json') as Buffer;
  const thaw = client.service.inject(/timestamp\.json$/, replacedBy(old));
  client.service.files = new Map([...publish(repository), ...publish(nextVersion)]);
  expect(await client.download('manifest.json')).toEqual(manifest.content);
  thaw();
  expect(await client.download('manifest.json')).not.toEqual(manifest.content);
});

test('two targets can not have one name', () => {
  const twice = [targetOf('a', Buffer.from('1')), targetOf('a', Buffer.from('2'))];
  expect(() => createRepository(repository.keys, firstRoot, twice)).toThrow('two targets of one name, "a"');
});
