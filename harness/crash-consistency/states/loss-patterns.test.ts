import { describe, expect, test } from 'vitest';

import { SeededRandom } from '../../util/numbers/random.ts';
import { ScriptedDisk } from '../testing/scripted-disk.ts';
import { epochsOf } from './epochs.ts';
import { lossPatterns } from './loss-patterns.ts';

const KEPT = 3;

interface Pattern {
  readonly description: string;
  readonly durableIsKept: boolean;
  /** Of each pending write, the sectors that reached the disk, counted within it. */
  readonly kept: readonly (readonly number[])[];
}

/** Every pattern after one durable write and `lengths.length` pending ones of so many sectors, side by side. */
async function patternsOf(lengths: readonly number[], limit = 16, seed = 1): Promise<Pattern[]> {
  const script = await ScriptedDisk.create(2 ** 20);
  await script.write(0, Buffer.alloc(KEPT * 512, 1));
  await script.flush();
  let next = KEPT * 512;
  for (const length of lengths) {
    await script.write(next, Buffer.alloc(length * 512, 2));
    next += length * 512;
  }
  const { requests, history } = script.disk.recording();
  const epoch = epochsOf(requests).at(-1);
  if (epoch === undefined) throw new Error('no epoch');
  const [durable] = [...epoch.durable];
  if (durable === undefined) throw new Error('nothing is durable');
  return [...lossPatterns(epoch, history, new SeededRandom(seed), limit)].map(
    ({ description, persisted }) => ({
      description,
      durableIsKept: history.unitsOf(durable).every((unit) => persisted(durable, unit)),
      kept: epoch.pending.map((write) =>
        history
          .unitsOf(write)
          .filter((unit) => persisted(write, unit))
          .map(({ offset }) => (offset - write.offset) / 512),
      ),
    }),
  );
}

/** As text: a write of two sectors that was kept is "01", one that was lost "-". */
function text({ kept }: Pattern): string {
  return kept.map((sectors) => sectors.join('') || '-').join(' ');
}

function of(patterns: readonly Pattern[], kind: RegExp): string[] {
  return patterns.filter(({ description }) => kind.test(description)).map(text);
}

describe('of three pending writes', () => {
  test('none, all, each prefix, each one alone and each one missing is found', async () => {
    const patterns = await patternsOf([1, 1, 1]);
    const whole = patterns.slice(0, 11).map((pattern) => `${pattern.description}: ${text(pattern)}`);
    expect(whole).toEqual([
      'none of 3 pending writes: - - -',
      'all 3 pending writes: 0 0 0',
      'the first 0 of 3 pending writes: - - -',
      'the first 1 of 3 pending writes: 0 - -',
      'the first 2 of 3 pending writes: 0 0 -',
      'only pending write 1 of 3: 0 - -',
      'only pending write 2 of 3: - 0 -',
      'only pending write 3 of 3: - - 0',
      'all of 3 pending writes but 1: - 0 0',
      'all of 3 pending writes but 2: 0 - 0',
      'all of 3 pending writes but 3: 0 0 -',
    ]);
  });

  test('what was durable before is kept by every pattern', async () => {
    const patterns = await patternsOf([1, 2, 3]);
    expect(patterns.filter(({ durableIsKept }) => !durableIsKept)).toEqual([]);
  });

  test('random patterns are of whole writes, and say how many', async () => {
    const random = (await patternsOf([1, 2, 1])).filter(({ description }) =>
      description.startsWith('random pattern'),
    );
    expect(random).toHaveLength(16);
    for (const [index, { description, kept }] of random.entries()) {
      const reached = kept.filter((sectors) => sectors.length > 0);
      expect(description).toBe(`random pattern ${index + 1}, ${reached.length} of 3 pending writes`);
      expect(['', '01']).toContain(kept[1]?.join(''));
    }
    for (const index of [0, 1, 2]) {
      expect(new Set(random.map(({ kept }) => kept[index]?.length === 0)).size).toBe(2);
    }
  });
});

describe('a torn write', () => {
  const named = /^(\d+) of (\d+) units \((head|tail|half)\) of pending write (\d+) of (\d+), with (.*)$/;

  test('loses its tail, its head or any units, with and without what came after it', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const torn = (await patternsOf([2, 3, 1, 4], 16, seed)).flatMap((pattern) => {
        const match = named.exec(pattern.description);
        return match === null ? [] : [{ ...pattern, match }];
      });
      expect(torn).toHaveLength(3 * 6);
      for (const { kept, match } of torn) {
        const [, units, ofUnits, part, number, count, company] = match;
        const index = Number(number) - 1;
        const length = [2, 3, 1, 4][index] ?? 0;
        const own = kept[index] ?? [];
        expect([own.length, length, 4]).toEqual([Number(units), Number(ofUnits), Number(count)]);
        const others = kept.map((sectors, other) => (sectors.length > 0 && other !== index ? other : -1));
        const expected = [0, 1, 2, 3].map((other) =>
          other !== index && (company === 'all others' || other < index) ? other : -1,
        );
        expect(others).toEqual(expected);
        if (part === 'half') continue;
        expect(own.length).toBeGreaterThan(0);
        expect(own.length).toBeLessThan(length);
        const first = part === 'head' ? 0 : length - own.length;
        expect(own).toEqual(own.map((_sector, position) => first + position));
      }
    }
  });

  test('is cut in every place that there is, given enough tries', async () => {
    const cuts = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      for (const head of of(await patternsOf([4], 1, seed), /\(head\)/)) cuts.add(head);
    }
    expect([...cuts].sort()).toEqual(['0', '01', '012']);
  });

  test('keeps any of its units, given enough tries', async () => {
    const halves = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      for (const half of of(await patternsOf([2], 1, seed), /\(half\)/)) halves.add(half);
    }
    expect([...halves].sort()).toEqual(['-', '0', '01', '1']);
  });

  test('keeps the rest of what its head lost', async () => {
    const patterns = await patternsOf([4]);
    const [head] = of(patterns, /\(head\).*those before/);
    const [tail] = of(patterns, /\(tail\).*those before/);
    expect(`${head}${tail}`).toBe('0123');
  });

  test('of one unit can not be', async () => {
    expect(of(await patternsOf([1, 1]), /units \(/)).toEqual([]);
  });
});

describe('all pending writes torn at once', () => {
  test('lose the second half of each, or the first', async () => {
    const patterns = await patternsOf([1, 2, 5]);
    expect(of(patterns, /^the first half of all 3 pending writes$/)).toEqual(['0 0 012']);
    expect(of(patterns, /^the second half of all 3 pending writes$/)).toEqual(['- 1 34']);
  });

  test('lose units at random, other ones each time', async () => {
    const patterns = of(await patternsOf([4, 4], 16), /^random units, pattern \d+, of all 2 pending writes$/);
    expect(patterns).toHaveLength(16);
    expect(new Set(patterns).size).toBeGreaterThan(8);
    for (const sector of ['0', '1', '2', '3']) {
      const kept = patterns.filter((pattern) => pattern.split(' ')[0]?.includes(sector));
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThan(16);
    }
  });

  test('are more than one write', async () => {
    expect(of(await patternsOf([4]), /of all/)).toEqual([]);
  });
});

test('each kind is limited, and random patterns are for more than two writes', async () => {
  const counts = async (lengths: readonly number[], limit: number): Promise<number[]> => {
    const patterns = await patternsOf(lengths, limit);
    const kinds = [
      /^none|^all \d/,
      /^the first \d/,
      /^only/,
      /^all of/,
      /^random pattern/,
      /units \(/,
      /of all/,
    ];
    return kinds.map((kind) => of(patterns, kind).length);
  };
  expect(await counts([2, 2, 2, 2, 2, 2], 3)).toEqual([2, 3, 3, 3, 3, 3 * 6, 2 + 3]);
  expect(await counts([2, 2], 3)).toEqual([2, 2, 2, 2, 0, 2 * 6, 2 + 3]);
  expect(await counts([], 3)).toEqual([2, 0, 0, 0, 0, 0, 0]);
});
