import fc from 'fast-check';
import { expect, test } from 'vitest';

import { toEvict, type OldReport } from './eviction.ts';

const anyReports = fc
  .array(fc.record({ passed: fc.boolean(), bytes: fc.nat(1000) }), { maxLength: 12 })
  .map((all) => all.map((one, index): OldReport => ({ ...one, name: String(index) })));
const anyCase = fc.record({ reports: anyReports, maxBytes: fc.nat(6000) });

const bytesOf = (reports: readonly OldReport[]): number => reports.reduce((sum, { bytes }) => sum + bytes, 0);

function split(reports: readonly OldReport[], maxBytes: number) {
  const evicted = toEvict(reports, maxBytes);
  return { evicted, stay: reports.filter((one) => !evicted.includes(one)) };
}

test('passed runs go first, then the others, each kind from its oldest on', () => {
  const report = (name: string, passed: boolean): OldReport => ({ name, passed, bytes: 100 });
  const reports = [report('a', false), report('b', true), report('c', true), report('d', false), report('e', true)];
  const evicted = (maxBytes: number): string => toEvict(reports, maxBytes).map(({ name }) => name).join('');
  expect([500, 499, 400, 300, 200, 199, 0].map(evicted)).toEqual(['', 'b', 'b', 'bc', 'bca', 'bcad', 'bcad']);
});

test('the newest stays, and beside it no more than there is room for', () => {
  fc.assert(
    fc.property(anyCase, ({ reports, maxBytes }) => {
      const { stay } = split(reports, maxBytes);
      expect(stay.at(-1)).toBe(reports.at(-1));
      if (stay.length > 1) expect(bytesOf(stay)).toBeLessThanOrEqual(maxBytes);
    }),
  );
});

test('nothing goes without need', () => {
  fc.assert(
    fc.property(anyCase, ({ reports, maxBytes }) => {
      const { evicted, stay } = split(reports, maxBytes);
      const last = evicted.at(-1);
      if (last !== undefined) expect(bytesOf(stay) + last.bytes).toBeGreaterThan(maxBytes);
    }),
  );
});

test('none that failed goes before all older runs that passed, none before an older one of its kind', () => {
  fc.assert(
    fc.property(anyCase, ({ reports, maxBytes }) => {
      const { evicted, stay } = split(reports, maxBytes);
      const last = evicted.at(-1);
      if (last === undefined) return;
      const mustGo = reports
        .slice(0, -1)
        .filter(
          ({ name, passed }) =>
            (passed && !last.passed) || (passed === last.passed && Number(name) < Number(last.name)),
        );
      expect(stay.filter((one) => mustGo.includes(one))).toEqual([]);
    }),
  );
});
