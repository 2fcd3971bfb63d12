import { join } from 'node:path';

import { namesIn } from '../../util/files/look.ts';
import { groupBy } from '../../util/group.ts';
import { median } from '../../util/numbers/statistics.ts';
import { readReport } from '../read.ts';
import type { TestRecord } from '../schema.ts';

/** The newest ones say how long a test takes on this host; more would only take time to read. */
const REPORTS = 5;

type Known = Pick<TestRecord, 'file' | 'target' | 'promise'>;

/** How long a test took in the last runs, in milliseconds; undefined where none is known. */
export type UsualDuration = (test: Known) => number | undefined;

/** @param directory of reports whose names are their times; one that can't be read counts for nothing. */
export async function usualDurations(directory: string): Promise<UsualDuration> {
  const newest = (await namesIn(directory)).sort().slice(-REPORTS);
  const read = newest.map((name) => readReport(join(directory, name)).catch(() => undefined));
  const tests = (await Promise.all(read)).flatMap((report) => report?.tests ?? []);
  const passed = tests.filter(({ state }) => state === 'passed');
  const byTest = groupBy(passed, keyOf);
  return (test) => {
    const known = byTest.get(keyOf(test));
    return known && median(known.map(({ durationMs }) => durationMs));
  };
}

function keyOf({ file, target, promise }: Known): string {
  return JSON.stringify([target, file, promise]);
}
