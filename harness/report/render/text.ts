import { summarize, type Summary } from '../../util/numbers/statistics.ts';
import type { MeasurementRecord, TestRecord } from '../schema.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A quarantined failure counts as skipped: it says nothing, neither way. */
export function count(
  tests: readonly (Pick<TestRecord, 'state'> & Partial<Pick<TestRecord, 'quarantine'>>)[],
): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { state, quarantine } of tests) counts[quarantine ? 'skipped' : state] += 1;
  return counts;
}

/** The closing line of a run; scripts outside the project look for it. */
export function countLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** How the promise of a test is written that stands in a group of its file. */
export function inGroup(group: string, name: string): string {
  return `${group} › ${name}`;
}

/** "0.3 s", "12 s", "2 min 05 s". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** "firmware: 1520 ms (median of 5; 1490 to 1610)". */
export function measurementText({ name, unit, samples }: MeasurementRecord): string {
  return `${name}: ${summaryText(summarize(samples), unit)}`;
}

/** "1520 ms (median of 5; 1490 to 1610)". */
export function summaryText({ count: number, median, min, max }: Summary, unit: string): string {
  const value = `${figure(median)} ${unit}`;
  return number === 1 ? value : `${value} (median of ${number}; ${figure(min)} to ${figure(max)})`;
}

export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Without the colours and control sequences that assertion messages and guest consoles carry. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it removes
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
