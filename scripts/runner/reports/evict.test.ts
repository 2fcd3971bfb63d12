import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { SAMPLE_REPORT } from '../../../harness/report/render/testing/sample-report.ts';
import type { RunReport, Verdict } from '../../../harness/report/schema.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { ReportDirectory } from './directory.ts';
import { evictOldReports } from './evict.ts';

const MIB = 2 ** 20;
/** Of the report of an hour. */
const nameOf = (hour: number): string => `20261122T${String(hour).padStart(2, '0')}0000Z-1`;

async function reportAt(
  path: string,
  verdict: Verdict,
  change: (report: RunReport) => unknown = (report) => report,
): Promise<void> {
  await mkdir(join(path, 'vms/vm-1'), { recursive: true });
  await writeFile(join(path, 'vms/vm-1/disk0.qcow2'), Buffer.alloc(MIB, 'x'));
  await writeFile(join(path, 'run.json'), JSON.stringify(change({ ...SAMPLE_REPORT, verdict })));
}

test('the oldest reports go, and a line says so', async () => {
  const scratch = await scratchDirectory();
  const verdicts: Verdict[] = ['failed', 'passed', 'interrupted', 'passed', 'infrastructure', 'passed'];
  for (const [hour, verdict] of verdicts.entries()) await reportAt(scratch(nameOf(hour)), verdict);
  expect(await evictOldReports(scratch('.'), 7 * MIB)).toBeUndefined();
  expect(await evictOldReports(scratch('.'), 4.5 * MIB)).toMatch(
    new RegExp(`^removed 2 old reports with 3 MiB, as .* keeps 4: ${nameOf(1)}, ${nameOf(3)}$`),
  );
  expect(await readdir(scratch('.'))).toEqual([0, 2, 4, 5].map(nameOf));
  expect(await evictOldReports(scratch('.'), 0)).toMatch(/removed 3 old reports .* keeps 0: /);
  expect(await readdir(scratch('.'))).toEqual([nameOf(5)]);
});

test('a report of another version can go, too', async () => {
  const scratch = await scratchDirectory();
  await reportAt(scratch(nameOf(0)), 'passed', ({ verdict, startedAt }) => ({
    ...{ reportVersion: 1, verdict, startedAt },
    other: 1,
  }));
  await reportAt(scratch(nameOf(1)), 'passed');
  expect(await evictOldReports(scratch('.'), 0)).toMatch(/^removed an old report with \d+ MiB/);
  expect(await readdir(scratch('.'))).toEqual([nameOf(1)]);
});

test('what is no report that a run left there stays, and counts nothing', async () => {
  const scratch = await scratchDirectory();
  const reports = scratch('reports');
  const at = (hour: number): string => join(reports, nameOf(hour));
  await reportAt(scratch('elsewhere'), 'passed');
  await reportAt(join(reports, 'nightly'), 'passed');
  await symlink(scratch('elsewhere'), at(0));
  await reportAt(at(1), 'passed');
  await rename(join(at(1), 'run.json'), scratch('run.json'));
  await symlink(scratch('run.json'), join(at(1), 'run.json'));
  await reportAt(at(2), 'passed');
  await writeFile(join(at(2), 'notes.txt'), 'mine');
  await reportAt(at(3), 'passed', ({ verdict }) => ({ verdict }));
  await mkdir(join(at(4), 'vms'), { recursive: true });
  await writeFile(at(5), 'a file');
  await reportAt(at(8), 'passed');
  await reportAt(at(9), 'passed');
  const before = await readdir(reports);
  expect(await evictOldReports(reports, 3 * MIB)).toBeUndefined();
  expect(await evictOldReports(reports, 0)).toContain(`: ${nameOf(8)}`);
  expect(await readdir(reports)).toEqual(before.filter((name) => name !== nameOf(8)));
  expect(await readdir(scratch('elsewhere/vms/vm-1'))).toEqual(['disk0.qcow2']);
});

test('a link within a report is removed, what it leads to stays', async () => {
  const scratch = await scratchDirectory();
  await reportAt(scratch('elsewhere'), 'passed');
  await reportAt(scratch(`reports/${nameOf(0)}`), 'passed');
  await symlink(scratch('elsewhere'), scratch(`reports/${nameOf(0)}/vms/vm-2`));
  await reportAt(scratch(`reports/${nameOf(1)}`), 'passed');
  expect(await evictOldReports(scratch('reports'), 3 * MIB)).toBeUndefined();
  expect(await evictOldReports(scratch('reports'), 0)).toContain('removed an old report');
  expect(await readdir(scratch('elsewhere/vms/vm-1'))).toEqual(['disk0.qcow2']);
});

test('what a run that was killed has left goes, but not its like that goes on', async () => {
  const scratch = await scratchDirectory();
  for (const hour of [0, 1, 2]) {
    await reportAt(scratch(nameOf(hour)), 'passed');
    await rename(join(scratch(nameOf(hour)), 'run.json'), join(scratch(nameOf(hour)), 'events.jsonl'));
  }
  const running = await ReportDirectory.reserve('/', scratch(nameOf(1)));
  expect(await evictOldReports(scratch('.'), 0)).toContain(`removed an old report`);
  expect(await readdir(scratch('.'))).toEqual([nameOf(1), nameOf(2)]);
  running[Symbol.dispose]();
});

test('a report that a run writes to stays until that is over', async () => {
  const scratch = await scratchDirectory();
  await reportAt(scratch(nameOf(0)), 'passed');
  await reportAt(scratch(nameOf(1)), 'passed');
  const writing = await ReportDirectory.reserve('/', scratch(nameOf(0)));
  expect(await evictOldReports(scratch('.'), 0)).toBeUndefined();
  expect(await readdir(scratch(nameOf(0)))).toContain('run.json');
  writing[Symbol.dispose]();
  expect(await evictOldReports(scratch('.'), 0)).toContain('removed an old report');
});

test('a directory for reports that is not there is nothing to talk of', async () => {
  const scratch = await scratchDirectory();
  expect(await evictOldReports(scratch('nowhere'), 0)).toBeUndefined();
});
