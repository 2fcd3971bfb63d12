import { coldSuite, expect } from '../../harness/index.ts';
import { succeed } from './commands.ts';
import { offer, type EntryChange, type OfferOptions } from './offer.ts';

const test = coldSuite({ requires: ['bridge', 'updates'] });

const HOUR_MS = 3_600_000;

/** Seeds from 1 to 1024 belong to the first wave, those after to the second. */
const waves = (firstStartsInMs: number, secondStartsInMs: number): EntryChange => {
  const at = (inMs: number): string => new Date(Date.now() + inMs).toISOString();
  return () => ({ waves: { '0': at(firstStartsInMs), '1024': at(secondStartsInMs) } });
};

const CASES: readonly (readonly [string, 'offered' | 'not offered', OfferOptions])[] = [
  ['before the first wave', 'not offered', { entry: waves(HOUR_MS, 2 * HOUR_MS), settings: ['seed = 1024'] }],
  [
    'early in its wave, whose turn is late',
    'not offered',
    { entry: waves(-1000, HOUR_MS), settings: ['seed = 1000'] },
  ],
  [
    'late in its wave, whose turn was early',
    'offered',
    { entry: waves(-HOUR_MS, 1000 * HOUR_MS), settings: ['seed = 1'] },
  ],
  ['after its wave', 'offered', { entry: waves(-2 * HOUR_MS, -HOUR_MS), settings: ['seed = 1024'] }],
  [
    'before its wave, when it ignores waves',
    'offered',
    { entry: waves(HOUR_MS, 2 * HOUR_MS), settings: ['seed = 1024', 'ignore-waves = true'] },
  ],
  [
    'that is beyond the newest version it should have',
    'not offered',
    { entry: ({ version }) => ({ max_version: version.replace(/^\d+\.\d+/, '0.0') }) },
  ],
  ['of another variant', 'not offered', { entry: () => ({ variant: 'metal-elsewhere' }) }],
  [
    'for another architecture',
    'not offered',
    { entry: ({ arch }) => ({ arch: arch === 'x86_64' ? 'aarch64' : 'x86_64' }) },
  ],
  ['when it is locked to another one', 'not offered', { settings: ['version-lock = "9.9.9"'] }],
];

test.for(CASES)('a version %s is %s', async ([, outcome, options], { machines, nextImage }) => {
  await using updates = await offer([nextImage], options);
  await using vm = await machines.fork(updates.machine);
  const { update_state: state, available_updates: available } = await succeed(vm, 'refresh');
  expect({ state, available }).toEqual(
    outcome === 'offered'
      ? { state: 'Available', available: [nextImage.manifest?.os.version] }
      : { state: 'Idle', available: expect.not.arrayContaining(['nothing']) as unknown },
  );
});

test('a version that it is locked to is offered, however old', async ({ machines, image, nextImage }) => {
  const lock = nextImage.manifest?.os.version;
  await using updates = await offer([image, nextImage], { settings: [`version-lock = "v${lock}"`] });
  await using vm = await machines.fork(updates.machine);
  expect(await succeed(vm, 'refresh')).toMatchObject({
    update_state: 'Available',
    chosen_update: { version: lock },
  });
});

test('a machine that has the newest version has nothing to do', async ({ machines, image }) => {
  await using updates = await offer([image]);
  await using vm = await machines.fork(updates.machine);
  expect(await succeed(vm, 'refresh')).toMatchObject({ update_state: 'Idle', chosen_update: null });
});
