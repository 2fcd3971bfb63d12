import { expect, test } from 'vitest';

import type { Finding } from '../../harness/guest/diagnosis/finding.ts';
import { isBad, renderJson, renderText } from './render.ts';

const finding: Finding = {
  ...{
    kind: 'oops',
    severity: 'fatal',
    title: 'Oops in my_read',
    function: 'my_read',
    text: 'Oops',
    line: 7,
  },
  report: Array.from({ length: 10 }, (_, index) => `line ${index}`),
};

test('JSON is one line a file, with what a program needs', () => {
  const nowhere = { ...finding, function: undefined };
  const text = renderJson('a.log', [finding, nowhere]);
  expect(text).toMatch(/^[^\n]*\n$/);
  const symptom = { kind: 'oops', severity: 'fatal', title: 'Oops in my_read', line: 7 };
  expect(JSON.parse(text)).toEqual({
    file: 'a.log',
    symptoms: [
      { ...symptom, function: 'my_read' },
      { ...symptom, function: null },
    ],
  });
});

test('people see the title, its line and the beginning of the report', () => {
  const lines = renderText('a.log', [finding]).split('\n');
  expect(lines.slice(0, 3)).toEqual(['a.log:', '  fatal: Oops in my_read (line 7)', '      | line 0']);
  expect(lines.at(-2)).toContain('2 more lines');
  expect(renderText('a.log', [])).toBe('a.log: nothing found\n');
});

test.each([
  ['note', false],
  ['soft-failure', false],
  ['failure', true],
  ['fatal', true],
] as const)('a %s is bad: %s', (severity, bad) => {
  expect(isBad([{ ...finding, severity }])).toBe(bad);
});
