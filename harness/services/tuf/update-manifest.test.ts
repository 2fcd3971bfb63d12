import { expect, test } from 'vitest';

import { manifestTarget, type UpdateManifest } from './update-manifest.ts';

const update = {
  variant: 'metal-containerd',
  arch: 'x86_64',
  version: '1.2.3',
  max_version: '1.3.0',
  waves: { '0': '2026-11-01T00:00:00Z', '2048': '2026-11-03T00:00:00.5+01:00' },
  images: { boot: 'boot.lz4', root: 'root.lz4', hash: 'hash.lz4' },
};
const migrations = { '(1.2.2, 1.2.3)': ['migrate_v1.2.3_motd.lz4'] };

const offering = (change: Partial<UpdateManifest['updates'][0]>): UpdateManifest => ({
  updates: [{ ...update, ...change }],
  migrations,
});

test('the target is JSON as the contract has it, whole', () => {
  const { name, content } = manifestTarget(offering({}));
  expect(name).toBe('manifest.json');
  expect(JSON.parse((content as Buffer).toString())).toEqual({ updates: [update], migrations });
});

test.each([
  ['a version', offering({ version: 'v1.2.3' }), /1\.2\.3\n.*updates\[0\]\.version/],
  ['a highest version', offering({ max_version: '1.2' }), /1\.2\.3\n.*updates\[0\]\.max_version/],
  ['a seed', offering({ waves: { '2049': '2026-11-01T00:00:00Z' } }), /Invalid key.*\n.*updates\[0\]\.waves/],
  ['a time', offering({ waves: { '0': '2026-11-01' } }), /datetime\n.*updates\[0\]\.waves/],
  ['a migration', { updates: [], migrations: { '1.2.2 to 1.2.3': [] } }, /Invalid key.*\n.*migrations/],
])('%s that is none is named', (_what, manifest, reason) => {
  expect(() => manifestTarget(manifest)).toThrow(reason);
});
