import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { SAMPLE_REPORT } from '../render/testing/sample-report.ts';
import type { RunReport } from '../schema.ts';
import { earlierReports } from './earlier.ts';

/** @param minute when it was written. */
async function place(path: string, text: string, minute: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await writeFile(`${path}/run.json`, text);
  await utimes(`${path}/run.json`, minute * 60, minute * 60);
}

const runOf = (day: number): string =>
  JSON.stringify({ ...SAMPLE_REPORT, startedAt: `2026-11-0${day}T00:00:00Z` });
const pick = ({ startedAt }: RunReport): string => startedAt.slice(0, 10);

test('the newest reports are read, of whatever name, and the oldest comes first', async () => {
  const scratch = await scratchDirectory();
  await place(scratch('z'), runOf(1), 1);
  await place(scratch('0'), runOf(1), 1);
  await place(scratch('b'), runOf(2), 2);
  await place(scratch('c'), runOf(4), 3);
  await place(scratch('a'), runOf(3), 4);
  await place(scratch('own'), runOf(5), 5);
  const options = { except: scratch('own/'), pick };
  const { runs } = await earlierReports(scratch('.'), { ...options, atMost: 3 });
  expect(runs).toEqual(['2026-11-02', '2026-11-03', '2026-11-04']);
  expect((await earlierReports(scratch('nowhere'), { ...options, atMost: 3 })).runs).toEqual([]);
});

test('what is no report of this version is named, what is no report at all is not', async () => {
  const scratch = await scratchDirectory();
  await place(scratch('reports/good'), runOf(1), 1);
  await place(scratch('reports/torn'), '{', 2);
  await place(scratch('reports/old'), JSON.stringify({ ...SAMPLE_REPORT, reportVersion: 1 }), 3);
  await place(scratch('elsewhere'), runOf(2), 4);
  await mkdir(scratch('reports/running/vms'), { recursive: true });
  await writeFile(scratch('reports/file'), '');
  await symlink(scratch('elsewhere'), scratch('reports/latest'));
  await mkdir(scratch('reports/linked'));
  await symlink(scratch('elsewhere/run.json'), scratch('reports/linked/run.json'));
  const { runs, unreadable } = await earlierReports(scratch('reports'), { atMost: 9, pick });
  expect(runs).toEqual(['2026-11-01']);
  expect([...unreadable].sort()).toEqual(['old', 'torn']);
});
