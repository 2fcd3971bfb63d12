import { lstat, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { EVENTS_FILE } from '../../../harness/report/events.ts';
import { readVerdict } from '../../../harness/report/read.ts';
import type { Verdict } from '../../../harness/report/schema.ts';
import { messageOf } from '../../../harness/util/errors.ts';
import { diskUse } from '../../../harness/util/files/disk-use.ts';
import { namesIn } from '../../../harness/util/files/look.ts';
import { foreignAmong, isDefaultName, lockReport } from './directory.ts';
import { toEvict, type OldReport } from './eviction.ts';

const MIB = 2 ** 20;
/** Hundreds of passed runs, or some failed ones with their machines' disks: a third of what Hotfire asks of a disk. */
const MAX_BYTES = 2048 * MIB;
/** More names would be no line. */
const MAX_NAMES = 3;

/**
 * Removes old reports from where those go that were given no directory, so that they take up at most `maxBytes` together.
 * Touches nothing that could be anything else: see `partsOfReport`.
 *
 * @returns a line about what was removed, or why nothing could be; undefined when there is nothing to say.
 */
export async function evictOldReports(reports: string, maxBytes = MAX_BYTES): Promise<string | undefined> {
  try {
    const removed = [];
    for (const report of toEvict(await oldReports(reports), maxBytes)) {
      if (await remove(join(reports, report.name))) removed.push(report);
    }
    return removed.length === 0 ? undefined : removedLine(removed, reports, maxBytes);
  } catch (error) {
    return `old reports stay in ${reports}: ${messageOf(error)}`;
  }
}

/** The oldest first. */
async function oldReports(reports: string): Promise<OldReport[]> {
  const found: OldReport[] = [];
  for (const name of (await namesIn(reports)).filter(isDefaultName).sort()) {
    const path = join(reports, name);
    const verdict = await verdictOf(path);
    if (verdict !== undefined)
      found.push({ name, passed: verdict === 'passed', bytes: await diskUse(path) });
  }
  return found;
}

/** @returns undefined for what is no report. A run that was killed, or goes on, has left its events and no verdict. */
async function verdictOf(path: string): Promise<Verdict | undefined> {
  const parts = await partsOfReport(path);
  if (parts.includes('run.json')) return readVerdict(path).catch(() => undefined);
  return parts.includes(EVENTS_FILE) ? 'interrupted' : undefined;
}

/** Of a directory, not a link to one, with a report's parts and nothing else, none of which is a link; else none. */
async function partsOfReport(path: string): Promise<string[]> {
  if (!(await lstat(path)).isDirectory()) return [];
  const parts = await readdir(path, { withFileTypes: true });
  const names = parts.map((part) => part.name);
  return parts.some((part) => part.isSymbolicLink()) || foreignAmong(names).length > 0 ? [] : names;
}

/** @returns false when a run writes its report there now. */
async function remove(path: string): Promise<boolean> {
  const lock = await lockReport(path);
  if (lock === undefined) return false;
  try {
    // By what is left the next run knows it again, if this one is killed meanwhile.
    await rm(join(path, 'vms'), { recursive: true, force: true });
    await rm(path, { recursive: true, force: true });
    return true;
  } finally {
    lock.release();
  }
}

function removedLine(removed: readonly OldReport[], reports: string, maxBytes: number): string {
  const names = removed.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = removed.length - names.length;
  const bytes = removed.reduce((sum, report) => sum + report.bytes, 0);
  const what = removed.length === 1 ? 'an old report' : `${removed.length} old reports`;
  const which = `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
  const place = relative(process.cwd(), reports) || '.';
  return `removed ${what} with ${Math.ceil(bytes / MIB)} MiB, as ${place} keeps ${Math.floor(maxBytes / MIB)}: ${which}`;
}
