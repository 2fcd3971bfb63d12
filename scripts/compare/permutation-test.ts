import { SeededRandom } from '../../harness/util/numbers/random.ts';

/** For each probability that must be told apart; the estimate then is off by a third at most times. */
const SHUFFLES_PER_CASE = 10;
/** After so many shuffles that are as great, the probability is known to be large: most measurements end here, early. */
const ENOUGH_CASES = 40;
const SEED = 1;

/**
 * The probability that samples of the same distribution differ in their means, in the direction of the second being the
 * greater, by at least as much as these do: a one-sided permutation test. It assumes nothing of the distribution's form. The
 * shuffles are drawn, but the same ones every time, and those that were seen count as one of them (Phipson and Smyth 2010), so
 * it is never 0, and a threshold is a false-alarm rate that is kept (Besag and Clifford 1991 for the early end).
 *
 * @param threshold the probability that the caller compares it with.
 */
export function probabilityOfGreater(
  before: readonly number[],
  after: readonly number[],
  threshold: number,
): number {
  const pooled = [...before, ...after];
  const random = new SeededRandom(SEED);
  // The sum of the second group grows with the difference of the means, since the total is fixed.
  const seen = sum(after);
  const rounding = 1e-9 * pooled.reduce((total, value) => total + Math.abs(value), 0);
  const shuffles = Math.ceil(SHUFFLES_PER_CASE / threshold);
  let asGreat = 0;
  for (let shuffle = 1; shuffle <= shuffles; shuffle += 1) {
    // Only the places of the second group have to be drawn.
    for (let place = 0; place < after.length; place += 1) {
      const other = place + random.below(pooled.length - place);
      [pooled[place], pooled[other]] = [pooled[other] ?? 0, pooled[place] ?? 0];
    }
    if (sum(pooled.slice(0, after.length)) >= seen - rounding) asGreat += 1;
    if (asGreat === ENOUGH_CASES) return asGreat / shuffle;
  }
  return (asGreat + 1) / (shuffles + 1);
}

/** How small the probability can get for so many samples: one of all ways to choose them. */
export function smallestProbability(before: number, after: number): number {
  let ways = 1;
  for (let chosen = 1; chosen <= after; chosen += 1) ways *= (before + chosen) / chosen;
  return 1 / ways;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
