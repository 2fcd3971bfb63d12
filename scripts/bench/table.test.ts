import { describe, expect, it } from 'vitest';

import { summarize } from '../../harness/util/numbers/statistics.ts';
import { renderTable, SUMMARY_HEADINGS, summaryCells, timesText } from './table.ts';

describe('renderTable', () => {
  it('puts names to the left and numbers to the right', () => {
    const rows = [
      ['', ...SUMMARY_HEADINGS],
      ['boot', ...summaryCells(summarize([900, 1000, 1250]), 0)],
    ];
    expect(renderTable(rows)).toBe(
      ['      count  median  min   max  deviation', 'boot      3    1000  900  1250        100', ''].join(
        '\n',
      ),
    );
  });
});

it('timesText keeps two digits', () => {
  expect(timesText(1.846)).toBe('1.85x');
});
