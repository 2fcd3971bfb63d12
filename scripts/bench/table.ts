import type { Summary } from '../../harness/util/numbers/statistics.ts';

/** Columns two blanks apart, the first one to the left, the others, which hold numbers, to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(cell.length, known[column] ?? 0)),
    [],
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

export const SUMMARY_HEADINGS = ['count', 'median', 'min', 'max', 'deviation'] as const;

export function summaryCells(summary: Summary | undefined, digits: number): string[] {
  if (summary === undefined) return SUMMARY_HEADINGS.map(() => '-');
  const { count, ...values } = summary;
  const { median, min, max, deviation } = values;
  return [String(count), ...[median, min, max, deviation].map((value) => value.toFixed(digits))];
}

/** "1.85x": how many times the baseline. */
export function timesText(ratio: number): string {
  return `${ratio.toFixed(2)}x`;
}
