import { describe, expect, test } from 'vitest';

import { leastUseful, worthLessThan } from './eviction.ts';

const HOUR_MS = 3_600_000;
const GIB = 2 ** 30;

describe('what is evicted', () => {
  const kept = (name: string, ageHours: number, gib: number) => ({
    ...{ name, usedAtMs: -ageHours * HOUR_MS, bytes: gib * GIB },
  });
  const names = (...all: Parameters<typeof leastUseful>[0]): string[] =>
    leastUseful(all, 0, 8 * GIB).map(({ name }) => name);

  test('is what was not used for two weeks', () => {
    expect(names(kept('a', 24 * 15, 1), kept('b', 24 * 13, 1))).toEqual(['a']);
  });

  test('is the least recently used beyond eight GiB', () => {
    expect(names(kept('a', 9, 3), kept('b', 8, 3), kept('c', 7, 3))).toEqual(['a']);
  });

  test('is nothing that a run may still be using', () => {
    expect(names(kept('a', 3, 9), kept('b', 1, 9))).toEqual([]);
  });

  test('for room is the least recently used, no more than needed', () => {
    const all = [kept('a', 9, 3), kept('b', 30, 3), kept('c', 20, 3), kept('d', 1, 3)];
    const names = (gib: number) => worthLessThan(gib * GIB, all, 0)?.map(({ name }) => name);
    expect(names(1)).toEqual(['b']);
    expect(names(3)).toEqual(['b']);
    expect(names(4)).toEqual(['b', 'c']);
    expect(names(9)).toEqual(['b', 'c', 'a']);
    // What a run may still be using does not count.
    expect(names(10)).toBeUndefined();
  });
});
