import fc from 'fast-check';
import { expect, it } from 'vitest';

import { deadlineScale, measureHostSlowness } from './speed.ts';

it('never shortens a deadline, and grows with the slowness of the host up to a limit', () => {
  expect(deadlineScale('kvm', 0.5)).toBe(1);
  expect(deadlineScale('kvm', 3)).toBe(3);
  expect(deadlineScale('kvm', 1000)).toBe(20);
  expect(deadlineScale('tcg', 1000)).toBe(20);
  expect(deadlineScale('tcg', 1)).toBe(5);
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true }), (slowness) => {
      expect(deadlineScale('tcg', slowness)).toBeGreaterThanOrEqual(deadlineScale('kvm', slowness));
    }),
  );
});

it('measures this host', () => {
  expect(measureHostSlowness()).toBeGreaterThan(0.05);
  expect(measureHostSlowness()).toBe(measureHostSlowness());
});
