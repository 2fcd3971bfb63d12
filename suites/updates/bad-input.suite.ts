import { expect, faults, publish, updateSuite, withRoot, within } from '../../harness/index.ts';
import type { UpdateCommand } from '../../harness/index.ts';
import { slotWords } from '../support/updates.ts';
import { MANIFEST, listing, withManifest, type Entry } from './support/manifest.ts';

const test = updateSuite();

/** The longest metadata that clients take is 10 MiB (contract, section 4.5); the rest is in the buffers of sockets. */
const TAKEN_AT_MOST_BYTES = 16 * 2 ** 20;

const REFUSED_SETTINGS = [
  [
    { 'metadata-base-url': 'no address' },
    /metadata-base-url: this is not an http:\/\/ or https:\/\/ address/,
  ],
  [{ 'targets-base-url': 'ftp://updates/' }, /targets-base-url: this is not an http/],
  [{ 'version-lock': 'newest' }, /this is not "latest" or a version/],
  [{ seed: 2048 }, /2048 is not a seed: 0 to 2047/],
] as const;

test('an invalid update setting is rejected with a reason', async ({ vm }) => {
  const before = await vm.api.settings();
  for (const [settings, reason] of REFUSED_SETTINGS) {
    const refusal = vm.api.patchSettings({ updates: settings });
    await expect(refusal).rejects.toMatchObject({
      status: 400,
      body: expect.stringMatching(reason) as unknown,
    });
  }
  expect(await vm.api.tx.get()).toEqual({});
  expect(await vm.api.settings()).toEqual(before);
});

test.for([
  ['that does not exist', 'http://updates.invalid/metadata', /updates\.invalid/],
  ['with an invalid port', 'http://updates.invalid:all/metadata', /invalid port number/],
] as const)('a refresh from an address %s fails without changes', async ([, address, reason], { vm }) => {
  const before = await slotWords(vm);
  await vm.api.patchSettings({ updates: { 'metadata-base-url': address } });
  await vm.api.tx.commitAndApply();
  const settings = await vm.api.settings();
  const reported = await within(30_000, 'a refresh from the new address').poll(async () => {
    const { most_recent_command: refresh } = await vm.api.updates.run('refresh');
    return refresh?.cmd_status === 'Failed' ? refresh : undefined;
  }, 50);
  expect(reported).toEqual(failed('refresh', reason));
  expect(await slotWords(vm)).toEqual(before);
  expect(await vm.api.settings()).toEqual(settings);
});

/** What is wrong, the manifest in place of a good one with the given entry, and the machine's message about it. */
type BadManifest = readonly [title: string, manifest: (entry: Entry) => unknown, reason: RegExp];

const BAD_MANIFESTS: readonly BadManifest[] = [
  ['that is not a list', () => [], /^manifest\.json is not a list of updates/],
  [
    'with a version that is not semver',
    listing(() => ({ version: '0.2' })),
    /^manifest\.json .*unexpected end of input/,
  ],
  [
    'with a max_version that is not semver',
    listing(() => ({ max_version: 'newest' })),
    /^manifest\.json .*unexpected character 'n'/,
  ],
  [
    'with an invalid wave time',
    listing(() => ({ waves: { '0': 'tomorrow' } })),
    /^manifest\.json .*a wave starts at a time .*not "tomorrow"/,
  ],
  [
    'with a path in an image name',
    listing(({ images }) => ({ images: { ...images, root: '../../x' } })),
    /the name of a file.*not "\.\.\/\.\.\/x"/,
  ],
];

test.for(BAD_MANIFESTS)(
  'a manifest %s is rejected',
  async ([, manifest, reason], { vm, updates, nextImage }) => {
    const before = await vm.api.updates.succeed('refresh');
    const words = await slotWords(vm);
    updates.service.files = publish(withManifest(updates.repository, manifest, nextImage));

    const after = await vm.api.updates.run('refresh');
    expect(after).toEqual({
      ...before,
      update_state: 'Idle',
      most_recent_command: failed('refresh', reason),
    });
    expect(await slotWords(vm)).toEqual(words);
  },
);

const BAD_IMAGES: readonly (readonly [manifest: (entry: Entry) => unknown, reason: RegExp])[] = [
  [
    // A root is larger than the partition for the tree of its hashes.
    listing(({ images }) => ({ images: { ...images, hash: images.root } })),
    /for BOTTLEROCKET-HASH-B: it holds more than the \d+ bytes that there is room for; nothing was written/,
  ],
  [listing(({ images }) => ({ images: { ...images, hash: 'elsewhere.lz4' } })), /no target "elsewhere\.lz4"/],
  [
    listing(({ images }) => ({ images: { ...images, hash: MANIFEST } })),
    /manifest\.json for BOTTLEROCKET-HASH-B: not an lz4 frame/,
  ],
];

test('an oversized, missing or malformed image is never written', async ({ vm, updates, nextImage }) => {
  await vm.api.updates.succeed('refresh');
  const staged = await vm.api.updates.succeed('prepare');
  const words = await slotWords(vm);
  let bad = updates.repository;
  for (const [manifest, reason] of BAD_IMAGES) {
    bad = withManifest(bad, manifest, nextImage);
    updates.service.files = publish(bad);
    const after = await vm.api.updates.run('prepare');
    expect(after).toEqual({ ...staged, most_recent_command: failed('prepare', reason) });
    expect(await slotWords(vm)).toEqual(words);
  }
});

test.for(['2.root.json', 'timestamp.json', 'snapshot.json', 'targets.json', 'manifest.json'])(
  'an endless %s is cut off',
  async (file, { vm, updates }) => {
    const { service, repository } = updates;
    const rotated = withRoot({ keys: repository.keys })(repository);
    service.files = publish(rotated);
    service.inject(new RegExp(`${file.replace('.', '\\.')}$`), faults.endless());
    const words = await slotWords(vm);

    const most_recent_command = failed('refresh', /exceed|larger|limit/);
    expect(await vm.api.updates.run('refresh')).toMatchObject({ update_state: 'Idle', most_recent_command });
    expect(await slotWords(vm)).toEqual(words);
    const sent = service.requests.filter(({ path }) => path.endsWith(file)).map(({ sentBytes }) => sentBytes);
    expect(Math.max(...sent)).toBeLessThan(TAKEN_AT_MOST_BYTES);
  },
);

function failed(command: UpdateCommand, reason: RegExp): unknown {
  const stderr: unknown = expect.stringMatching(reason);
  return { cmd_type: command, cmd_status: 'Failed', exit_status: 1, stderr };
}
