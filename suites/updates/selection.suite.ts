import { expect, updateSuite } from '../../harness/index.ts';
import type { EntryChange } from '../../harness/index.ts';
import { prefer, type UpdatePreferences } from '../support/updates.ts';

const test = updateSuite();

const HOUR_MS = 3_600_000;

/** Seeds from 1 to 1024 belong to the first wave, those after to the second. */
const waves = (firstStartsInMs: number, secondStartsInMs: number): EntryChange => {
  const at = (inMs: number): string => new Date(Date.now() + inMs).toISOString();
  return () => ({ waves: { '0': at(firstStartsInMs), '1024': at(secondStartsInMs) } });
};

interface Case {
  /** Nothing else is listed, not even the running version. */
  readonly alone?: boolean;
  readonly entry?: EntryChange;
  readonly preferences?: UpdatePreferences;
}

const CASES: readonly (readonly [string, 'offered' | 'not offered', Case])[] = [
  [
    'before the first wave',
    'not offered',
    { entry: waves(HOUR_MS, 2 * HOUR_MS), preferences: { seed: 1024 } },
  ],
  [
    'early in its wave, with a late seed',
    'not offered',
    { entry: waves(-1000, HOUR_MS), preferences: { seed: 1000 } },
  ],
  [
    'late in its wave, with an early seed',
    'offered',
    { entry: waves(-HOUR_MS, 1000 * HOUR_MS), preferences: { seed: 1 } },
  ],
  ['after its wave', 'offered', { entry: waves(-2 * HOUR_MS, -HOUR_MS), preferences: { seed: 1024 } }],
  [
    'before its wave, when waves are ignored',
    'offered',
    { entry: waves(HOUR_MS, 2 * HOUR_MS), preferences: { seed: 1024, 'ignore-waves': true } },
  ],
  ['above the max_version', 'not offered', { entry: () => ({ max_version: '0.0.9' }) }],
  [
    'of another variant, the only one,',
    'not offered',
    { alone: true, entry: () => ({ variant: 'metal-elsewhere' }) },
  ],
  [
    'for another architecture',
    'not offered',
    { entry: ({ arch }) => ({ arch: arch === 'x86_64' ? 'aarch64' : 'x86_64' }) },
  ],
  ['other than the version lock', 'not offered', { preferences: { 'version-lock': '9.9.9' } }],
];

test.for(CASES)(
  'a version %s is %s',
  async ([, outcome, { alone = false, entry, preferences = {} }], { vm, updates, image, nextImage }) => {
    const next = nextImage.manifest?.os.version;
    await updates.replace(alone ? [nextImage] : [image, nextImage], (update) =>
      update.version === next && entry !== undefined ? entry(update) : {},
    );
    await prefer(vm, updates, preferences);
    const { update_state: state, chosen_update: chosen } = await vm.api.updates.succeed('refresh');
    expect({ state, version: chosen?.version }).toEqual(
      outcome === 'offered' ? { state: 'Available', version: next } : { state: 'Idle', version: undefined },
    );
  },
);

test('the version lock works with or without "v"', async ({ vm, updates, image, nextImage }) => {
  const lock = String(nextImage.manifest?.os.version);
  await updates.replace([image, nextImage]);
  for (const written of [lock, `v${lock}`]) {
    await prefer(vm, updates, { 'version-lock': written });
    expect(await vm.api.updates.succeed('refresh')).toMatchObject({
      update_state: 'Available',
      chosen_update: { version: lock },
    });
  }
});

test('the newest version gets no update', async ({ vm, updates, image }) => {
  await updates.replace([image]);
  expect(await vm.api.updates.succeed('refresh')).toMatchObject({
    update_state: 'Idle',
    chosen_update: null,
  });
});
