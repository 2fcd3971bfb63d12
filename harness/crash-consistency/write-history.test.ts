import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isWrite, type RecordedWrite } from './recording.ts';
import { ScriptedDisk } from './testing/scripted-disk.ts';

const MIB = 2 ** 20;
/** A megabyte between the areas of the partition tables, and an end that is no whole number of blocks. */
const SIZE = 3 * MIB + 512;
const TABLE_END = MIB;
const TABLE_START = 2 * MIB;

/** Where the unit begins that holds this byte: written independently of the code under test. */
function unitOf(byte: number): number {
  return byte < TABLE_END || byte >= TABLE_START ? byte - (byte % 512) : byte - (byte % 4096);
}

interface Script {
  readonly writes: readonly RecordedWrite[];
  readonly script: ScriptedDisk;
}

async function written(plan: readonly (readonly [sector: number, sectors: number])[]): Promise<Script> {
  const script = await ScriptedDisk.create(SIZE);
  for (const [index, [sector, sectors]] of plan.entries()) {
    const lengthBytes = Math.min(sectors * 512, SIZE - sector * 512);
    if (index % 4 === 3) {
      const zero = { kind: 'zero', offset: sector * 512, lengthBytes, fua: false } as const;
      (await script.disk.submit({ ...zero, data: Buffer.alloc(0) })).given();
    } else await script.write(sector * 512, Buffer.alloc(lengthBytes, index + 1));
  }
  return { script, writes: script.disk.recording().requests.filter(isWrite) };
}

/** Near one of the borders between both kinds of unit, where mistakes show. */
const place = fc
  .tuple(
    fc.constantFrom(0, TABLE_END / 512, TABLE_START / 512 - 16, TABLE_START / 512),
    fc.integer({ min: -20, max: 20 }),
  )
  .map(([border, distance]) => Math.min(SIZE / 512 - 1, Math.max(0, border + distance)));

describe('a reader', () => {
  test('finds of each unit the latest of what reached the disk', async () => {
    const write = fc.tuple(place, fc.integer({ min: 1, max: 24 }));
    const lost = fc.func(fc.boolean());
    const property = fc.asyncProperty(
      fc.array(write, { maxLength: 8 }),
      lost,
      place,
      async (plan, isLost, from) => {
        const { script, writes } = await written(plan);
        const { history } = script.disk.recording();
        const start = from * 512 + 17;
        const length = Math.min(20_000, SIZE - start);
        const model = Buffer.alloc(length);
        for (const [index, { kind, offset, lengthBytes }] of writes.entries()) {
          for (
            let at = Math.max(start, offset);
            at < Math.min(start + length, offset + lengthBytes);
            at += 1
          ) {
            if (!isLost(index, unitOf(at))) model[at - start] = kind === 'zero' ? 0 : index + 1;
          }
        }
        const found = history.read(
          start,
          length,
          (write, unit) => !isLost(writes.indexOf(write), unit.offset),
        );
        expect(found.equals(model)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

test('a write to a part of a block leaves the rest as it was', async () => {
  const block = TABLE_END / 512 + 8;
  const { script } = await written([
    [block, 8],
    [block, 1],
    [block + 7, 1],
  ]);
  const bytes = script.disk.read(block * 512, 4096);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((sector) => bytes[sector * 512])).toEqual([2, 1, 1, 1, 1, 1, 1, 3]);
});

describe('a write', () => {
  test.each([
    ['of the first table by sectors', 0, 3, [0, 512, 1024]],
    ['between the tables by blocks', TABLE_END / 512 + 7, 2, [TABLE_END, TABLE_END + 4096]],
    ['up to a border by sectors', TABLE_END / 512 - 2, 2, [TABLE_END - 1024, TABLE_END - 512]],
    ['over a border by both', TABLE_END / 512 - 1, 2, [TABLE_END - 512, TABLE_END]],
    ['of the last table by sectors', TABLE_START / 512, 2, [TABLE_START, TABLE_START + 512]],
  ])('is torn %s', async (_where, sector, sectors, units) => {
    const { script, writes } = await written([[sector, sectors]]);
    const [write] = writes;
    if (write === undefined) throw new Error('no write');
    const found = script.disk.recording().history.unitsOf(write);
    expect(found.map(({ offset }) => offset)).toEqual(units);
    expect(found.map(({ lengthBytes }) => lengthBytes)).toEqual(
      units.map((offset) => (offset >= TABLE_END && offset < TABLE_START ? 4096 : 512)),
    );
    expect([...script.disk.recording().history.units]).toEqual(found);
  });
});
