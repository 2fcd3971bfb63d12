import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { EVENTS_FILE } from '../../harness/report/events.ts';
import { UsageError } from '../../harness/util/errors.ts';

/** Everything that a report consists of. */
const PARTS = ['run.json', 'junit.xml', 'index.html', 'vms', EVENTS_FILE];

/**
 * An empty directory for the report: a new one, or one whose earlier report goes.
 *
 * @param chosen by the user; without it, a new one under `reports/` with the time as its name.
 * @throws {UsageError} when it holds anything that is not of a report.
 */
export async function makeReportDirectory(root: string, chosen: string | undefined): Promise<string> {
  const directory = resolve(chosen ?? join(root, 'reports', timeStamp(new Date())));
  await mkdir(directory, { recursive: true });
  const foreign = (await readdir(directory)).filter((name) => !PARTS.includes(name));
  if (foreign.length > 0) {
    throw new UsageError(`--report ${directory} holds other things (${foreign.slice(0, 3).join(', ')}).`, {
      hint: 'Give a directory that is new, empty, or holds an earlier report, which is then replaced.',
    });
  }
  await Promise.all(PARTS.map((part) => rm(join(directory, part), { recursive: true, force: true })));
  return directory;
}

/** "20261122T210512Z-4711": runs that start in the same second differ by their process. */
function timeStamp(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${process.pid}`;
}
