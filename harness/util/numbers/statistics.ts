export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median absolute deviation from the median: a spread that one outlier doesn't move. */
  readonly deviation: number;
}

/** @throws {RangeError} without samples. */
export function summarize(samples: readonly number[]): Summary {
  const middle = median(samples);
  return {
    count: samples.length,
    median: middle,
    min: Math.min(...samples),
    max: Math.max(...samples),
    deviation: quantile(
      samples.map((sample) => Math.abs(sample - middle)),
      0.5,
    ),
  };
}

/**
 * Linear interpolation between the two nearest samples (type 7 of Hyndman and Fan).
 *
 * @param fraction 0 for the smallest, 1 for the greatest.
 * @throws {RangeError} without samples.
 */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined)
    throw new RangeError('A quantile needs at least one sample.');
  return below + (above - below) * (position - Math.floor(position));
}

/** @throws {RangeError} without samples. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
