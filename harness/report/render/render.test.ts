import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { failureText } from './failure-text.ts';
import { html } from './html-text.ts';
import { htmlPage } from './html.ts';
import { junitXml } from './junit.ts';
import { runReportSchema } from '../schema.ts';
import { SAMPLE_REPORT } from './testing/sample-report.ts';
import { count, countLine, duration, measurementText } from './text.ts';
import { writeReport } from '../write.ts';

describe('golden files', () => {
  it('junit.xml', async () => {
    await expect(junitXml(SAMPLE_REPORT)).toMatchFileSnapshot('testing/junit.xml.golden');
  });

  it('index.html', async () => {
    await expect(htmlPage(SAMPLE_REPORT)).toMatchFileSnapshot('testing/index.html.golden');
  });

  it('a failure on the terminal', async () => {
    const failed = SAMPLE_REPORT.tests[1];
    if (failed === undefined) throw new Error('the sample has a failed test');
    const vms = SAMPLE_REPORT.vms.filter(({ id }) => failed.vms.includes(id));
    const context = {
      vms,
      reportDirectory: 'reports/1',
      imageFlags: '--variant metal-containerd',
      testFlags: '',
    };
    await expect(failureText(failed, context)).toMatchFileSnapshot('testing/failure.txt.golden');
  });
});

describe('writeReport', () => {
  it('writes three files, of which run.json reads back as it was', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hotfire-report-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeReport(SAMPLE_REPORT, directory);
    expect((await readdir(directory)).sort()).toEqual(['index.html', 'junit.xml', 'run.json']);
    const json: unknown = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'));
    expect(runReportSchema.parse(json)).toEqual(SAMPLE_REPORT);
  });
});

describe('markup', () => {
  it('never lets a value become an element', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('texts', () => {
  it('count what there is, and leave out a skipped nothing', () => {
    expect(countLine(count(SAMPLE_REPORT.tests))).toBe('1 passed, 2 failed, 1 skipped');
    expect(countLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  });

  it.each([
    [0, '0.0 s'],
    [9_949, '9.9 s'],
    [10_000, '10 s'],
    [59_700, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ])('%i ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('give median and spread of several samples, and one sample as it is', () => {
    expect(measurementText({ name: 'boot', unit: 's', samples: [3, 1, 2] })).toBe(
      'boot: 2 s (median of 3; 1 to 3)',
    );
    expect(measurementText({ name: 'boot', unit: 's', samples: [1.23456] })).toBe('boot: 1.235 s');
  });
});
