import { expect, test } from 'vitest';

import { exposureFaults, readExposureLimits, type ExposureLimits } from './unit-exposure.ts';

const limits: ExposureLimits = {
  at_most: 4,
  exceptions: { 'b.service': { at_most: 6, reason: 'It mounts.' } },
};

/** As systemd-analyze 257 ends its table of each unit. */
function said(levels: Readonly<Record<string, string>>): string {
  const tables = Object.entries(levels).map(
    ([unit, level]) =>
      `✗ UMask= Files are world-readable 0.1\n\n→ Overall exposure level for ${unit}: ${level} OK 🙂\n`,
  );
  return tables.join('');
}

function faults(levels: Readonly<Record<string, string>>): string[] {
  return exposureFaults(said(levels), ['a.service', 'b.service'], limits);
}

test('units within their limits are accepted', () => {
  expect(faults({ 'a.service': '4.0', 'b.service': '6.0' })).toEqual([]);
});

test.each([
  [
    'a unit above the limit',
    { 'a.service': '4.1', 'b.service': '6.0' },
    /^a.service: .* is 4.1, at most 4 is/,
  ],
  [
    'a unit above its own limit',
    { 'a.service': '1.0', 'b.service': '9.5' },
    /^b.service: .* 9.5, at most 6 is/,
  ],
  ['a needless exception', { 'a.service': '1.0', 'b.service': '4.0' }, /^b.service: .* needs no exception/],
  ['a unit without a level', { 'b.service': '6.0' }, /^a.service: systemd-analyze says no level/],
])('%s is a fault that names it', (_, levels, fault) => {
  expect(faults(levels)).toEqual([expect.stringMatching(fault)]);
});

test('an exception for a unit that is not there is a fault', () => {
  const told = exposureFaults(said({ 'a.service': '1.0' }), ['a.service'], limits);
  expect(told).toEqual([expect.stringMatching(/^b.service: there is no such unit/)]);
});

test('the limits of the units are readable', async () => {
  expect((await readExposureLimits()).at_most).toBeLessThanOrEqual(4);
});
