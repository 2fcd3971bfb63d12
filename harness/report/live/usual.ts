import { groupBy } from '../../util/group.ts';
import { median } from '../../util/numbers/statistics.ts';
import { earlierReports } from '../history/earlier.ts';
import type { TestRecord } from '../schema.ts';

/** The newest ones say how long a test takes on this host; more would only take time to read. */
const REPORTS = 5;

type Known = Pick<TestRecord, 'file' | 'target' | 'promise'>;

/** How long a test took in the last runs, in milliseconds; undefined where none is known. */
export type UsualDuration = (test: Known) => number | undefined;

/** @param directory of reports; one that can't be read counts for nothing. */
export async function usualDurations(directory: string): Promise<UsualDuration> {
  const { runs } = await earlierReports(directory, { atMost: REPORTS, pick: ({ tests }) => tests });
  const passed = runs.flat().filter(({ state }) => state === 'passed');
  const byTest = groupBy(passed, keyOf);
  return (test) => {
    const known = byTest.get(keyOf(test));
    return known && median(known.map(({ durationMs }) => durationMs));
  };
}

function keyOf({ file, target, promise }: Known): string {
  return JSON.stringify([target, file, promise]);
}
