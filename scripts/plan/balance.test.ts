import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { balance, type Load } from './balance.ts';

const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

const loads = fc
  .uniqueArray(fc.record({ target: fc.constantFrom('a', 'b', 'c'), file: fc.constantFrom(...DIGITS) }), {
    ...{ minLength: 1, maxLength: 14, selector: ({ target, file }) => target + file },
  })
  .chain((places) =>
    fc.tuple(
      ...places.map((place) => fc.nat(1000).map((ms) => ({ ...place, flags: place.target, estimateMs: ms }))),
    ),
  );
const work = loads.chain((items) =>
  fc.record({
    items: fc.constant(items),
    count: fc.integer({ min: 1, max: items.length }),
    prep: fc.nat(300),
  }),
);

function lengthOf(items: readonly Load[], prep: number): number {
  const targets = new Set(items.map(({ target }) => target)).size;
  return items.reduce((sum, { estimateMs }) => sum + estimateMs, targets * prep);
}

/** Every way to cut them, tried. */
function shortest(items: readonly Load[], count: number, prep: number): number {
  if (count === 1) return lengthOf(items, prep);
  const cuts = items.slice(0, items.length - count + 1).map((_, index) => index + 1);
  return Math.min(
    ...cuts.map((cut) =>
      Math.max(lengthOf(items.slice(0, cut), prep), shortest(items.slice(cut), count - 1, prep)),
    ),
  );
}

describe('shares', () => {
  it('have every item in exactly one of them, and are never empty', () => {
    fc.assert(
      fc.property(work, ({ items, count, prep }) => {
        const shares = balance(items, count, prep);
        expect(shares).toHaveLength(count);
        const names = shares.flatMap((share) => share.items.map(({ target, file }) => target + file));
        expect([...names].sort()).toEqual(items.map(({ target, file }) => target + file).sort());
        for (const share of shares) {
          expect(share.items.length).toBeGreaterThan(0);
          expect(share.estimateMs).toBe(lengthOf(share.items, prep));
        }
      }),
    );
  });

  it('are as short as shares of neighbours can be', () => {
    fc.assert(
      fc.property(work, ({ items, count, prep }) => {
        const sorted = [...items].sort((a, b) => (a.target + a.file < b.target + b.file ? -1 : 1));
        const longest = Math.max(...balance(items, count, prep).map(({ estimateMs }) => estimateMs));
        expect(longest).toBe(shortest(sorted, count, prep));
      }),
      { numRuns: 60 },
    );
  });

  it('are longer than their mean by less than one item, when nothing has to be prepared', () => {
    fc.assert(
      fc.property(work, ({ items, count }) => {
        const lengths = balance(items, count, 0).map(({ estimateMs }) => estimateMs);
        const mean = lengths.reduce((sum, one) => sum + one, 0) / count;
        const longestItem = Math.max(...items.map(({ estimateMs }) => estimateMs));
        expect(Math.max(...lengths)).toBeLessThanOrEqual(mean + longestItem);
      }),
    );
  });

  it('are the same in whatever order the items come', () => {
    fc.assert(
      fc.property(work, ({ items, count }) => {
        expect(balance(items.toReversed(), count)).toEqual(balance(items, count));
      }),
    );
  });

  it('keep the cells of a target together', () => {
    const items = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((target) =>
      DIGITS.map((file) => ({ target, file, flags: target, estimateMs: 60_000 })),
    );
    for (const share of balance(items, 3))
      expect(new Set(share.items.map(({ target }) => target)).size).toBe(2);
  });
});
