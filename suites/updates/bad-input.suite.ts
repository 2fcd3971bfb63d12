import {
  coldSuite,
  expect,
  faults,
  imageUpdate,
  offer,
  publish,
  targetOf,
  withRoot,
  withTargets,
  within,
} from '../../harness/index.ts';
import type { Repository, UpdateCommand, UpdateManifest } from '../../harness/index.ts';
import { run, slotWords, succeed } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

const MANIFEST = 'manifest.json';
/** The longest metadata that clients take is 10 MiB (contract, section 4.5); the rest is under way in sockets. */
const TAKEN_AT_MOST_BYTES = 16 * 2 ** 20;

type Entry = UpdateManifest['updates'][number];

const REFUSED_SETTINGS = [
  [{ 'metadata-base-url': 'no address' }, /"no address" is not an http:\/\/ or https:\/\/ address/],
  [{ 'targets-base-url': 'ftp://updates/' }, /"ftp:\/\/updates\/" is not an http/],
  [{ 'version-lock': 'newest' }, /"newest" is not "latest" or a version/],
  [{ seed: 2048 }, /2048 is not a seed: 0 to 2047/],
] as const;

test('a setting for updates that cannot be right is refused, with what is allowed', async ({
  machines,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  const deadline = within(10_000, 'the refusals');
  const before = await vm.api.settings({ deadline });
  for (const [settings, reason] of REFUSED_SETTINGS) {
    const refusal = vm.api.patchSettings({ updates: settings }, { deadline });
    await expect(refusal).rejects.toMatchObject({
      status: 400,
      body: expect.stringMatching(reason) as unknown,
    });
  }
  expect(await vm.api.tx.get({ deadline })).toEqual({});
  expect(await vm.api.settings({ deadline })).toEqual(before);
});

test.for([
  ['that is not there', 'http://updates.invalid/metadata', /updates\.invalid/],
  [
    'of a kind that is not supported',
    'https://updates.invalid/metadata',
    /https is not supported, only http is/,
  ],
  ['with a port that is none', 'http://updates.invalid:all/metadata', /invalid port number/],
] as const)(
  'a repository at an address %s is named, and the machine stays as it is',
  async ([, address, reason], { machines, nextImage }) => {
    await using updates = await offer([nextImage]);
    await using vm = await machines.fork({ services: [updates] });
    const before = await slotWords(vm);
    const deadline = within(30_000, 'a refresh at the new address');
    await vm.api.patchSettings({ updates: { 'metadata-base-url': address } }, { deadline });
    await vm.api.tx.commitAndApply({ deadline });
    const settings = await vm.api.settings({ deadline });
    const told = await deadline.poll(async () => {
      const { most_recent_command: refresh } = await run(vm, 'refresh');
      return refresh?.cmd_status === 'Failed' ? refresh : undefined;
    }, 50);
    expect(told).toEqual(failed('refresh', reason));
    expect(await slotWords(vm)).toEqual(before);
    expect(await vm.api.settings({ deadline })).toEqual(settings);
  },
);

/** What is wrong, the manifest in place of a good one with the given entry, and what the machine says about it. */
type BadManifest = readonly [title: string, manifest: (entry: Entry) => unknown, reason: RegExp];

const listing =
  (wrong: (entry: Entry) => object) =>
  (entry: Entry): unknown => ({ updates: [{ ...entry, ...wrong(entry) }], migrations: {} });

const BAD_MANIFESTS: readonly BadManifest[] = [
  ['that is no list', () => [], /^manifest\.json is not a list of updates/],
  [
    'with a version that is not semver',
    listing(() => ({ version: '0.2' })),
    /^manifest\.json .*unexpected end of input/,
  ],
  [
    'with a newest version that is not semver',
    listing(() => ({ max_version: 'newest' })),
    /^manifest\.json .*unexpected character 'n'/,
  ],
  [
    'with a wave at no time',
    listing(() => ({ waves: { '0': 'tomorrow' } })),
    /^manifest\.json .*failed to parse/,
  ],
  [
    'with an image whose name leads out of its directory',
    listing(({ images }) => ({ images: { ...images, root: '../../x' } })),
    /the name of a file.*not "\.\.\/\.\.\/x"/,
  ],
  [
    'with updates of an unknown variant alone',
    listing(() => ({ variant: 'metal-elsewhere' })),
    /no update for "[a-z-]+" on "\w+", which this machine is, only for "metal-elsewhere" on/,
  ],
  [
    'with updates for another architecture alone',
    listing(() => ({ arch: 'm68k' })),
    /which this machine is, only for "[a-z-]+" on "m68k"$/,
  ],
];

test.for(BAD_MANIFESTS)(
  'a manifest %s is refused, and the machine stays as it is',
  async ([, manifest, reason], { machines, nextImage }) => {
    await using updates = await offer([nextImage]);
    await using vm = await machines.fork({ services: [updates] });
    const before = await succeed(vm, 'refresh');
    const words = await slotWords(vm);
    updates.service.files = publish(withManifest(updates.repository, manifest, nextImage));

    const after = await run(vm, 'refresh');
    expect(after).toEqual({ ...before, most_recent_command: failed('refresh', reason) });
    expect(await slotWords(vm)).toEqual(words);
  },
);

const BAD_IMAGES: readonly (readonly [manifest: (entry: Entry) => unknown, reason: RegExp])[] = [
  [
    // A root is larger than the partition for the tree of its hashes.
    listing(({ images }) => ({ images: { ...images, hash: images.root } })),
    /holds \d+ bytes, and BOTTLEROCKET-HASH-B has room for \d+; nothing was written/,
  ],
  [listing(({ images }) => ({ images: { ...images, hash: 'elsewhere.lz4' } })), /no target "elsewhere\.lz4"/],
  [listing(({ images }) => ({ images: { ...images, hash: MANIFEST } })), /manifest\.json: not an lz4 frame/],
];

test('an image that is larger than its partition, absent or no image is refused before anything is written', async ({
  machines,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await succeed(vm, 'refresh');
  const staged = await succeed(vm, 'prepare');
  const words = await slotWords(vm);
  let bad = updates.repository;
  for (const [manifest, reason] of BAD_IMAGES) {
    bad = withManifest(bad, manifest, nextImage);
    updates.service.files = publish(bad);
    const after = await run(vm, 'prepare');
    expect(after).toEqual({ ...staged, most_recent_command: failed('prepare', reason) });
    expect(await slotWords(vm)).toEqual(words);
  }
});

test.for(['2.root.json', 'timestamp.json', 'snapshot.json', 'targets.json', 'manifest.json'])(
  'a %s without end is cut off, and the machine stays as it is',
  async (file, { machines, nextImage }) => {
    await using updates = await offer([nextImage]);
    await using vm = await machines.fork({ services: [updates] });
    const { service, repository } = updates;
    const rotated = withRoot({ keys: repository.keys })(repository);
    service.files = publish(rotated);
    service.inject(new RegExp(`${file.replace('.', '\\.')}$`), faults.endless());
    const words = await slotWords(vm);

    const most_recent_command = failed('refresh', /exceed|larger|limit/);
    expect(await run(vm, 'refresh')).toMatchObject({ update_state: 'Idle', most_recent_command });
    expect(await slotWords(vm)).toEqual(words);
    const sent = service.requests.filter(({ path }) => path.endsWith(file)).map(({ sentBytes }) => sentBytes);
    expect(Math.max(...sent)).toBeLessThan(TAKEN_AT_MOST_BYTES);
  },
);

function failed(command: UpdateCommand, reason: RegExp): unknown {
  const stderr: unknown = expect.stringMatching(reason);
  return { cmd_type: command, cmd_status: 'Failed', exit_status: 1, stderr };
}

function withManifest(
  repository: Repository,
  manifest: (entry: Entry) => unknown,
  nextImage: Parameters<typeof imageUpdate>[0],
): Repository {
  const bad = JSON.stringify(manifest(imageUpdate(nextImage).update));
  const others = repository.targets.filter(({ name }) => name !== MANIFEST);
  return withTargets([targetOf(MANIFEST, Buffer.from(bad)), ...others])(repository);
}
