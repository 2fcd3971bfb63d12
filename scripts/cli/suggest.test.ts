import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { closest, editDistance, unknownName } from './suggest.ts';

describe('editDistance', () => {
  it('is a metric', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  it('counts insertions, deletions and substitutions', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});

describe('closest', () => {
  it('finds a typing error, and stays silent when nothing is near', () => {
    expect(closest('upadtes', ['api', 'boot', 'updates'])).toBe('updates');
    expect(closest('xyz', ['api', 'boot'])).toBeUndefined();
  });
});

describe('unknownName', () => {
  it('names the offender, the likely one and the allowed set', () => {
    expect(unknownName('suite', 'bot', ['api', 'boot']).message).toBe(
      'Unknown suite "bot"; did you mean "boot"? Known suites: api, boot.',
    );
    expect(unknownName('suite', 'zzz', ['api']).message).toBe('Unknown suite "zzz". Known suites: api.');
  });
});
