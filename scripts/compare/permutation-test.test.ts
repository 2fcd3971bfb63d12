import { expect, test } from 'vitest';

import { SeededRandom } from '../../harness/util/numbers/random.ts';
import { probabilityOfGreater, smallestProbability } from './permutation-test.ts';

/** Times around 1000 ms that scatter by `spread`, with a long tail as times have. */
function times(random: SeededRandom, count: number, factor = 1, spread = 0.08): number[] {
  const uniform = (): number => random.below(10_000) / 10_000;
  return Array.from({ length: count }, () => {
    const tail = uniform() < 0.05 ? uniform() : 0;
    return factor * 1000 * (1 + spread * (uniform() + uniform() + uniform() - 1.5) + spread * tail);
  });
}

test.each([
  [5, 0.05],
  [20, 0.01],
])('equal distributions, %i samples each, give an alarm at most as often as stated: %f', (count, rate) => {
  const random = new SeededRandom(42);
  const rounds = 400;
  const alarms = Array.from({ length: rounds }, () =>
    probabilityOfGreater(times(random, count), times(random, count), rate),
  ).filter((probability) => probability <= rate).length;
  // Three standard deviations of the count above its mean.
  expect(alarms).toBeLessThanOrEqual(rounds * rate + 3 * Math.sqrt(rounds * rate * (1 - rate)));
});

test('a slowdown of 10 % in 20 samples is found', () => {
  const random = new SeededRandom(7);
  for (let round = 0; round < 50; round += 1) {
    expect(probabilityOfGreater(times(random, 20), times(random, 20, 1.1), 0.01)).toBeLessThan(0.01);
  }
});

test('what became faster, or is the same, is no alarm', () => {
  const random = new SeededRandom(7);
  expect(probabilityOfGreater(times(random, 20, 1.1), times(random, 20), 0.01)).toBeGreaterThan(0.9);
  expect(probabilityOfGreater([5, 5, 5], [5, 5, 5], 0.01)).toBe(1);
});

test('the exact probability of a small case is met', () => {
  // One of the 20 ways to choose 3 of 6.
  expect(probabilityOfGreater([1, 2, 3], [4, 5, 6], 0.0001)).toBeCloseTo(1 / 20, 1);
  expect(smallestProbability(3, 3)).toBeCloseTo(1 / 20);
});
