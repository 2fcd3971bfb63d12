import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ScriptedDisk, sector } from '../testing/scripted-disk.ts';
import { crashStates, type CrashState } from './states.ts';

const SECTORS = 6;
const SIZE = SECTORS * 512;

const oneRegion = { regionAt: () => 'all' };

/** What a script does to a disk; `late` answers come only after everything else. */
type Operation =
  | { readonly kind: 'flush' }
  | { readonly kind: 'write'; readonly at: number; readonly sectors: number; readonly late: boolean };

const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    fc.constant({ kind: 'flush' } as const),
    fc.record({
      kind: fc.constant('write' as const),
      at: fc.nat(SECTORS - 1),
      sectors: fc.integer({ min: 1, max: 3 }),
      late: fc.boolean(),
    }),
  ),
  { maxLength: 9 },
);

/** Runs the script; the nth write writes the byte n, so that a sector shows which write wrote it. */
async function run(script: readonly Operation[]): Promise<ScriptedDisk> {
  const disk = await ScriptedDisk.create(SIZE);
  const late: (() => void)[] = [];
  for (const [index, operation] of script.entries()) {
    if (operation.kind === 'flush') {
      await disk.flush();
      continue;
    }
    const sectors = Math.min(operation.sectors, SECTORS - operation.at);
    const data = Buffer.alloc(sectors * 512, index + 1);
    const { given } = await disk.submit('write', operation.at * 512, data);
    if (operation.late) late.push(given);
    else given();
  }
  for (const give of late) give();
  return disk;
}

/** For each sector, the bytes it may hold after a cut that lets `flushes` flushes be answered: written independently. */
function reachable(script: readonly Operation[], flushes: number): Set<number>[] {
  const may = Array.from({ length: SECTORS }, () => new Set([0]));
  let left = flushes;
  let unsettled: { place: number; byte: number; late: boolean }[] = [];
  for (const [index, operation] of script.entries()) {
    if (operation.kind === 'flush') {
      if (left === 0) break;
      left -= 1;
      for (const { place, byte, late } of unsettled) {
        // A later write that is not settled may have been overtaken by none: it stays a possibility.
        if (!late) may[place] = new Set([byte, ...lateAfter(unsettled, place, byte)]);
      }
      unsettled = unsettled.filter(({ late }) => late);
      continue;
    }
    for (let place = operation.at; place < Math.min(SECTORS, operation.at + operation.sectors); place += 1) {
      may[place]?.add(index + 1);
      unsettled.push({ place, byte: index + 1, late: operation.late });
    }
  }
  return may;
}

function lateAfter(
  unsettled: readonly { place: number; byte: number; late: boolean }[],
  place: number,
  byte: number,
): number[] {
  return unsettled.filter((one) => one.late && one.place === place && one.byte > byte).map((one) => one.byte);
}

function bytesOf(state: CrashState): number[] {
  return Array.from({ length: SECTORS }, (_none, index) => state.read(index * 512, 1).readUInt8(0));
}

describe('every state', () => {
  test('is one that the model of a write cache allows, and no two are alike', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.integer(), async (script, seed) => {
        const { disk } = await run(script);
        const { states, generated } = crashStates(disk.recording(), { ...oneRegion, seed });
        const flushes = script.filter(({ kind }) => kind === 'flush').length;
        const models = Array.from({ length: flushes + 1 }, (_none, index) => reachable(script, index));
        for (const state of states) {
          const bytes = bytesOf(state);
          const allowed = models.some((may) => bytes.every((byte, place) => may[place]?.has(byte)));
          expect(allowed, `${state.description}: ${bytes.join()}`).toBe(true);
        }
        expect(new Set(states.map((state) => bytesOf(state).join())).size).toBe(states.length);
        expect(generated).toBeGreaterThanOrEqual(states.length);
      }),
      { numRuns: 200 },
    );
  });

  test('names the regions that differ from the base, whichever way it came about', async () => {
    const bySector = { regionAt: (offset: number): string => `sector ${offset / 512}` };
    await fc.assert(
      fc.asyncProperty(operations, async (script) => {
        const { disk } = await run(script);
        const { states } = crashStates(disk.recording(), bySector);
        for (const { digests, id, ...state } of states) {
          const written = bytesOf({ digests, id, ...state }).flatMap((byte, index) =>
            byte === 0 ? [] : [index],
          );
          expect([...digests.keys()].sort()).toEqual(written.map((index) => `sector ${index}`));
          expect(id.split(' sector').length).toBe(Math.max(1, written.length));
          expect(state.sizeBytes).toBe(SIZE);
        }
        expect(new Set(states.map(({ id }) => id)).size).toBe(states.length);
        expect(states.map(({ cutAt }) => cutAt)).toEqual(
          states.map(({ cutAt }) => cutAt).sort((a, b) => a - b),
        );
        expect(new Set(states.map((state) => bytesOf(state).join())).size).toBe(states.length);
      }),
      { numRuns: 50 },
    );
  });

  test('is there again for the same seed', async () => {
    const script = [1, 2, 3, 4, 5].map((at) => ({ kind: 'write', at, sectors: 2, late: false }) as const);
    const { disk } = await run(script);
    const stories = (seed: number): string[] =>
      crashStates(disk.recording(), { ...oneRegion, seed, limit: 2 }).states.map(
        ({ description }) => description,
      );
    expect(stories(7)).toEqual(stories(7));
    expect(stories(7)).not.toEqual(stories(8));
  });
});

test('of few pending writes every choice of whole writes is found', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  for (const place of [0, 1]) await disk.write(place * 512, sector(place + 1));
  const { states } = crashStates(disk.disk.recording(), oneRegion);
  expect(states.map((state) => bytesOf(state).slice(0, 2).join()).sort()).toEqual([
    '0,0',
    '0,2',
    '1,0',
    '1,2',
  ]);
});

test('a write that changes nothing makes no state', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  await disk.write(0, sector(0));
  expect(crashStates(disk.disk.recording(), oneRegion).states).toHaveLength(1);
});

test('each cut is told by the step in which it comes', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  await disk.write(0, sector(1));
  await disk.flush();
  disk.disk.mark('prepare');
  await disk.write(512, sector(2));
  await disk.flush();
  disk.disk.mark('commit');
  await disk.write(1024, sector(3));
  const { states } = crashStates(disk.disk.recording(), oneRegion);
  const steps = states.map(({ description }) => description.replace(/ event .*/, ''));
  expect(steps).toEqual([
    'cut before',
    'cut before',
    'cut during "prepare", before',
    'cut during "commit", before',
  ]);
  const wrong = { ...oneRegion, from: 'boot' };
  expect(() => crashStates(disk.disk.recording(), wrong)).toThrow('"boot"; it has "prepare", "commit".');
});

test('only cuts from a step on are taken, and their stories name it', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  await disk.write(0, sector(1));
  await disk.flush();
  disk.disk.mark('commit');
  await disk.write(512, sector(2));
  await disk.flush();
  const { states } = crashStates(disk.disk.recording(), { ...oneRegion, from: 'commit' });
  expect(states.map(bytesOf)).toEqual([
    [1, 0, 0, 0, 0, 0],
    [1, 2, 0, 0, 0, 0],
  ]);
  expect(states[0]?.description).toMatch(/^cut during "commit", before event \d+: none of 1 pending writes$/);
  expect(() => crashStates(disk.disk.recording(), { ...oneRegion, from: 'boot' })).toThrow(
    /no step "boot".*"commit"/,
  );
});

describe('two copies of a record, each of a body and a sum', () => {
  const sum = (value: number): Buffer => sector(value ^ 0x5a);
  const copyOf = (value: number): Buffer => Buffer.concat([sector(value), sum(value)]);
  const valueIn = (state: CrashState, place: number): number | undefined => {
    const [body = 0, check] = [0, 1].map((index) => state.read((place + index) * 512, 1).readUInt8(0));
    return check === (body ^ 0x5a) ? body : undefined;
  };

  /** Old value 1, new value 2. @returns what a reader of each state gets. */
  async function readersOf(flushBetween: boolean): Promise<(number | undefined)[]> {
    const disk = await ScriptedDisk.create(SIZE);
    for (const place of [0, 2]) await disk.write(place * 512, copyOf(1));
    await disk.flush();
    disk.disk.mark('change');
    await disk.write(2 * 512, copyOf(2));
    if (flushBetween) await disk.flush();
    await disk.write(0, copyOf(2));
    await disk.flush();
    const { states } = crashStates(disk.disk.recording(), { ...oneRegion, from: 'change' });
    return states.map((state) => valueIn(state, 0) ?? valueIn(state, 2));
  }

  test('with a flush between them, every cut leaves the old or the new one', async () => {
    expect(new Set(await readersOf(true))).toEqual(new Set([1, 2]));
  });

  test('without it, some cut leaves neither', async () => {
    expect(await readersOf(false)).toContain(undefined);
  });
});
