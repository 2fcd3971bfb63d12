import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { quantile, summarize } from './statistics.ts';

describe('quantile', () => {
  it('interpolates', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
  });

  it('stays within the samples, whatever their order', () => {
    const samples = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, fraction) => {
        const result = quantile(values, fraction);
        expect(result).toBeGreaterThanOrEqual(Math.min(...values));
        expect(result).toBeLessThanOrEqual(Math.max(...values));
        expect(quantile([...values].reverse(), fraction)).toBe(result);
      }),
    );
  });

  it('refuses to answer for nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('summarize', () => {
  it('is not moved by one outlier', () => {
    expect(summarize([10, 11, 12, 11, 500])).toEqual({
      count: 5,
      median: 11,
      min: 10,
      max: 500,
      deviation: 1,
    });
  });
});
