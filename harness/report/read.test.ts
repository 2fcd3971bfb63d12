import { mkdir, writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { UsageError } from '../util/errors.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { readReport } from './read.ts';
import { SAMPLE_REPORT } from './render/testing/sample-report.ts';
import { REPORT_VERSION } from './schema.ts';
import { writeReport } from './write.ts';

test('a report is read from its directory, and from its run.json', async () => {
  const scratch = await scratchDirectory();
  await writeReport(SAMPLE_REPORT, scratch('.'));
  expect(await readReport(scratch('.'))).toEqual(SAMPLE_REPORT);
  expect(await readReport(scratch('run.json'))).toEqual(SAMPLE_REPORT);
});

test.each([
  ['{', /run\.json is no run\.json: .*JSON/],
  ['[]', /it has no reportVersion/],
  [JSON.stringify({ reportVersion: REPORT_VERSION }), /is no run\.json: verdict: /],
  [
    JSON.stringify({ ...SAMPLE_REPORT, reportVersion: 99 }),
    new RegExp(`is of version 99 of the schema; this Hotfire reads version ${REPORT_VERSION}`),
  ],
])('what is no report of this version is refused: %s', async (text, message) => {
  const scratch = await scratchDirectory();
  await writeFile(scratch('run.json'), text);
  await expect(readReport(scratch('.'))).rejects.toThrow(message);
  await expect(readReport(scratch('.'))).rejects.toThrow(UsageError);
});

test('a directory without a report is refused', async () => {
  const scratch = await scratchDirectory();
  await mkdir(scratch('empty'));
  for (const path of ['empty', 'nowhere']) {
    await expect(readReport(scratch(path))).rejects.toThrow(/Cannot read the report .*ENOENT/);
  }
});
