import { coldSuite, expect, offer } from '../../harness/index.ts';
import type { EntryChange } from '../../harness/index.ts';
import { choose, succeed, type Choice } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

const HOUR_MS = 3_600_000;

/** Seeds from 1 to 1024 belong to the first wave, those after to the second. */
const waves = (firstStartsInMs: number, secondStartsInMs: number): EntryChange => {
  const at = (inMs: number): string => new Date(Date.now() + inMs).toISOString();
  return () => ({ waves: { '0': at(firstStartsInMs), '1024': at(secondStartsInMs) } });
};

interface Case {
  readonly entry?: EntryChange;
  readonly choice?: Choice;
}

const CASES: readonly (readonly [string, 'offered' | 'not offered', Case])[] = [
  ['before the first wave', 'not offered', { entry: waves(HOUR_MS, 2 * HOUR_MS), choice: { seed: 1024 } }],
  [
    'early in its wave, when its turn is late',
    'not offered',
    { entry: waves(-1000, HOUR_MS), choice: { seed: 1000 } },
  ],
  [
    'late in its wave, when its turn was early',
    'offered',
    { entry: waves(-HOUR_MS, 1000 * HOUR_MS), choice: { seed: 1 } },
  ],
  ['after its wave', 'offered', { entry: waves(-2 * HOUR_MS, -HOUR_MS), choice: { seed: 1024 } }],
  [
    'before its wave, when waves are ignored',
    'offered',
    { entry: waves(HOUR_MS, 2 * HOUR_MS), choice: { seed: 1024, 'ignore-waves': true } },
  ],
  [
    'that is newer than the newest that it should have',
    'not offered',
    { entry: () => ({ max_version: '0.0.9' }) },
  ],
  ['of another variant', 'not offered', { entry: () => ({ variant: 'metal-elsewhere' }) }],
  [
    'for another architecture',
    'not offered',
    { entry: ({ arch }) => ({ arch: arch === 'x86_64' ? 'aarch64' : 'x86_64' }) },
  ],
  ['while the machine is locked to another one', 'not offered', { choice: { 'version-lock': '9.9.9' } }],
];

test.for(CASES)(
  'a version %s is %s',
  async ([, outcome, { entry, choice = {} }], { machines, image, nextImage }) => {
    const next = nextImage.manifest?.os.version;
    await using updates = await offer([image, nextImage], (update) =>
      update.version === next && entry !== undefined ? entry(update) : {},
    );
    await using vm = await machines.fork({ services: [updates] });
    await choose(vm, updates, choice);
    const { update_state: state, chosen_update: chosen } = await succeed(vm, 'refresh');
    expect({ state, version: chosen?.version }).toEqual(
      outcome === 'offered' ? { state: 'Available', version: next } : { state: 'Idle', version: undefined },
    );
  },
);

test('a version that the machine is locked to is offered, with or without its v', async ({
  machines,
  image,
  nextImage,
}) => {
  const lock = String(nextImage.manifest?.os.version);
  await using updates = await offer([image, nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  for (const written of [lock, `v${lock}`]) {
    await choose(vm, updates, { 'version-lock': written });
    expect(await succeed(vm, 'refresh')).toMatchObject({
      update_state: 'Available',
      chosen_update: { version: lock },
    });
  }
});

test('a machine that has the newest version has nothing to do', async ({ machines, image }) => {
  await using updates = await offer([image]);
  await using vm = await machines.fork({ services: [updates] });
  expect(await succeed(vm, 'refresh')).toMatchObject({ update_state: 'Idle', chosen_update: null });
});
