import { expect, it } from 'vitest';

import type { TestRecord } from '../schema.ts';
import { githubAnnotations } from './github.ts';
import { SAMPLE_REPORT } from './testing/sample-report.ts';

const checkout = { root: '/work', suitesDirectory: '/work/suites' };
const [, sample] = SAMPLE_REPORT.tests;
if (sample === undefined) throw new Error('the sample has a failed test');
const failed: TestRecord = sample;

function annotationOf(more: Partial<TestRecord>, message = 'no', stack: string | null = null): string {
  const failures = [{ name: 'Error', message, stack, infrastructure: false }];
  return githubAnnotations({ tests: [{ ...failed, failures, ...more }] }, checkout).join('\n');
}

it('a failure is shown at the innermost line of the checkout', () => {
  const frames = [
    'Error: no',
    '    at expect /work/node_modules/vitest/index.js:1:2',
    '    at check /elsewhere/a.ts:3:4',
    '    at /work/suites/boot/support/x.ts:31:14',
    '    at /work/suites/boot/phases.suite.ts:5:6',
  ];
  expect(annotationOf({}, 'no', frames.join('\n'))).toMatch(
    /^::error file=suites\/boot\/support\/x.ts,line=31,/,
  );
});

it('one without such a line is shown at its file, or nowhere', () => {
  expect(annotationOf({ reproduce: null })).toBe(
    '::error file=suites/boot/phases.suite.ts,title=a flipped bit never reaches a reader (metal-containerd/x86_64)::no',
  );
  expect(annotationOf({ file: 'hotfire' })).toMatch(/^::error title=/);
});

it('a quarantined failure is a warning', () => {
  const quarantine = { issue: '#7', owner: 'them', expires: '2026-12-24' };
  expect(annotationOf({ quarantine })).toMatch(
    /^::warning .*::quarantined until 2026-12-24 \(them, #7\)%0Ano%0A/,
  );
});

it('no text ends its command or begins another', () => {
  const hostile = 'a:b,c%0A\r\n::add-mask::x';
  const annotation = annotationOf({ promise: hostile, reproduce: hostile }, hostile);
  expect(annotation).not.toMatch(/[\r\n]/);
  expect(annotation).toMatch(/,title=a%3Ab%2Cc%250A%0A%3A%3Aadd-mask%3A%3Ax \(metal-containerd\/x86_64\)::/);
  expect(annotation.endsWith('::a:b,c%250A%0A::add-mask::x%0Areproduce: a:b,c%250A%0A::add-mask::x')).toBe(
    true,
  );
});

it('what passed is not mentioned', () => {
  expect(githubAnnotations(SAMPLE_REPORT, checkout)).toHaveLength(2);
});
