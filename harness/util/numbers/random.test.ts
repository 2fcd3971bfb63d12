import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SeededRandom } from './random.ts';

function numbers(seed: number, limit: number, count: number): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.below(limit));
}

describe('a seeded source of numbers', () => {
  it('gives the numbers that reports of its seed were made with', () => {
    expect(numbers(1, 1000, 4)).toEqual([426, 680, 333, 609]);
    expect(numbers(2 ** 32 + 1, 1000, 4)).toEqual([426, 680, 333, 609]);
    expect(numbers(-1, 1000, 4)).toEqual([170, 868, 678, 221]);
  });

  it('gives whole numbers below the limit, each about as often', () => {
    const counts = Array.from({ length: 7 }, () => 0);
    for (const number of numbers(5, 7, 7000)) counts[number] = (counts[number] ?? NaN) + 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('a sample', () => {
  it('has so many different items, in their order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), fc.nat(12), fc.integer(), (items, count, seed) => {
        const sample = new SeededRandom(seed).sample(items, count);
        expect(sample).toHaveLength(Math.min(count, items.length));
        expect(sample).toEqual(items.filter((item) => sample.includes(item)));
      }),
    );
  });

  it('is not always the same one', () => {
    const samples = [1, 2, 3, 4, 5].map((seed) =>
      new SeededRandom(seed).sample([1, 2, 3, 4, 5, 6], 2).join(),
    );
    expect(new Set(samples).size).toBeGreaterThan(2);
  });
});
