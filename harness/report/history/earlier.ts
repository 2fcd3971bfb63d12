import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { namesIn } from '../../util/files/look.ts';
import { readReport } from '../read.ts';
import type { RunReport } from '../schema.ts';

export interface EarlierOptions<T> {
  /** The newest count. */
  readonly atMost: number;
  /** A report that is not an earlier one. */
  readonly except?: string;
  /** What is kept of each: all of them together may be large. */
  readonly pick: (report: RunReport) => T;
}

export interface Earlier<T> {
  /** The oldest first. */
  readonly runs: readonly T[];
  /** The names of those that can't be read, such as those of another version. */
  readonly unreadable: readonly string[];
}

/** The reports in a directory that holds some; those that can't be read count for nothing. Follows no links. */
export async function earlierReports<T>(
  directory: string,
  { atMost, except, pick }: EarlierOptions<T>,
): Promise<Earlier<T>> {
  const read: { readonly startedAt: string; readonly picked: T }[] = [];
  const unreadable: string[] = [];
  for (const name of await newest(directory, atMost, except)) {
    try {
      const report = await readReport(join(directory, name));
      read.push({ startedAt: report.startedAt, picked: pick(report) });
    } catch {
      unreadable.push(name);
    }
  }
  read.sort((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt));
  return { runs: read.map(({ picked }) => picked), unreadable };
}

/**
 * By when their run.json was written: names may be anything, and reading all of them takes long. Files have the time of the
 * kernel's last tick, so of equal ones the later name counts as newer, which the default names are.
 */
async function newest(directory: string, atMost: number, except: string | undefined): Promise<string[]> {
  const own = except === undefined ? undefined : resolve(except);
  const found: { readonly name: string; readonly writtenAtMs: number }[] = [];
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    if (resolve(path) === own) continue;
    const [place, file] = await Promise.all(
      [path, join(path, 'run.json')].map((one) => lstat(one).catch(() => undefined)),
    );
    if (place?.isDirectory() === true && file?.isFile() === true) {
      found.push({ name, writtenAtMs: file.mtimeMs });
    }
  }
  return found
    .sort((one, other) => other.writtenAtMs - one.writtenAtMs || (other.name > one.name ? 1 : -1))
    .slice(0, atMost)
    .map(({ name }) => name);
}
