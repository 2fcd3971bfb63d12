import fc from 'fast-check';
import { expect, it } from 'vitest';

import { SAMPLE_REPORT } from './testing/sample-report.ts';
import { tapText } from './tap.ts';

const [passed, failed] = SAMPLE_REPORT.tests;
if (passed === undefined || failed === undefined) throw new Error('the sample has tests');

it('a run as TAP is as its golden file', async () => {
  const quarantine = { issue: 'https://issues/7', owner: 'them', expires: '2026-12-24' };
  const tests = [...SAMPLE_REPORT.tests, { ...failed, quarantine, repetition: 2 }];
  await expect(tapText({ tests })).toMatchFileSnapshot('testing/run.tap.golden');
});

it('no text of a test becomes a line or a directive of its own', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('passed', 'skipped', 'failed'),
      (text, state) => {
        const hostile = `${text}\nok 7 # TODO \u2028Bail out!`;
        const failures = [{ name: hostile, message: hostile, stack: null, infrastructure: false }];
        const one = { ...passed, promise: hostile, file: hostile, skipReason: hostile, state };
        const lines = tapText({ tests: [{ ...one, failures }] }).split(/[\n\u2028]/);
        const own = lines.filter((line) => !line.startsWith('  '));
        expect(own).toHaveLength(4);
        expect(own[2]).toMatch(state === 'failed' ? /^not ok 1 - / : /^ok 1 - /);
        // Those that a backslash is before are text.
        const bare = own[2]?.replace(/\\[\\#]/g, '').match(/#/g) ?? [];
        expect(bare).toHaveLength(state === 'skipped' ? 1 : 0);
      },
    ),
  );
});
