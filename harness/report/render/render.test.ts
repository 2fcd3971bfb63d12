import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { WaitTimeoutError } from '../../util/errors.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { failureText } from './failure-text.ts';
import { html } from './html/markup.ts';
import { htmlPage } from './html/page.ts';
import { caseNames, junitXml } from './junit.ts';
import { runReportSchema } from '../schema.ts';
import { reproduceLine } from './reproduce.ts';
import { SAMPLE_REPORT } from './testing/sample-report.ts';
import { tapText } from './tap.ts';
import { count, countLine, duration, measurementText } from './text.ts';
import { writeReport } from '../write.ts';

describe('golden files', () => {
  it('junit.xml', async () => {
    await expect(junitXml(SAMPLE_REPORT)).toMatchFileSnapshot('testing/junit.xml.golden');
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

it('what fails outside every suite has no line that reproduces it', () => {
  const flags = { imageFlags: '--arch x86_64', testFlags: '' };
  expect(reproduceLine({ file: 'hotfire' }, flags)).toBeNull();
  expect(reproduceLine({ file: "it's/a b.suite.ts" }, flags)).toBe(
    `npm test -- --suite 'it'\\''s/a b' --arch x86_64`,
  );
  const [test] = SAMPLE_REPORT.tests;
  if (test === undefined) throw new Error('the sample has a test');
  const context = { vms: [], reportDirectory: 'out', imageFlags: '' };
  expect(failureText({ ...test, reproduce: null }, context)).not.toContain('reproduce');
});

describe('the memory of a machine', () => {
  const [vm] = SAMPLE_REPORT.vms;
  const failed = SAMPLE_REPORT.tests[1];
  if (vm === undefined || failed === undefined) throw new Error('the sample has a machine');
  const textWith = (vmlinux: string | null, files: string[]): string => {
    const vms = [{ ...vm, files, memory: { file: 'memory.elf', vmlinux } }];
    return failureText(failed, { vms, reportDirectory: 'my reports', imageFlags: '' });
  };

  it('comes with what to type to read it', () => {
    expect(textWith('/cache/vmlinux', ['memory.elf'])).toMatch(
      /^ +read its memory: crash --kaslr=auto --no_kmem_cache --no_modules \/cache\/vmlinux 'my reports\/vms\/boot-2\/memory\.elf'$/m,
    );
    expect(textWith(null, ['memory.elf'])).toMatch(
      /: crash --kaslr=auto --no_kmem_cache --no_modules vmlinux '.*' \(no vmlinux of its kernel is known: `npm run image -- --symbols` makes the one of images built here\)$/m,
    );
    const vms = [{ ...vm, files: ['memory.elf'], memory: { file: 'memory.elf', vmlinux: null } }];
    expect(htmlPage({ ...SAMPLE_REPORT, vms })).toMatch(
      /<code>crash --kaslr=auto --no_kmem_cache --no_modules vmlinux vms\/boot-2\/memory\.elf<\/code>/,
    );
  });

  it('is not talked of where a merge left it out', () => {
    expect(textWith('/cache/vmlinux', [])).not.toContain('memory');
  });
});

describe('writeReport', () => {
  it('writes TAP where it is asked to, and attaches evidence by its place', async () => {
    const directory = (await scratchDirectory())('.');
    await writeReport(SAMPLE_REPORT, directory, join(directory, 'run.tap'));
    expect(await readFile(join(directory, 'run.tap'), 'utf8')).toBe(tapText(SAMPLE_REPORT));
    const junit = await readFile(join(directory, 'junit.xml'), 'utf8');
    expect(junit).toContain(`[[ATTACHMENT|${directory}/vms/boot-2/console.log]]`);
  });

  it('writes three files, of which run.json reads back as it was', async () => {
    const directory = (await scratchDirectory())('.');
    await writeReport(SAMPLE_REPORT, directory);
    expect((await readdir(directory)).sort()).toEqual(['index.html', 'junit.xml', 'run.json']);
    const json: unknown = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'));
    expect(runReportSchema.parse(json)).toEqual(SAMPLE_REPORT);
  });
});

describe('numbers', () => {
  it('are whole milliseconds and few digits in every file', async () => {
    const directory = (await scratchDirectory())('.');
    const noisy = 52449.80833500001;
    const [test] = SAMPLE_REPORT.tests;
    if (test === undefined) throw new Error('the sample has a test');
    const step = { name: 'boot', startMs: noisy, durationMs: noisy, error: null };
    const measurements = [{ name: 'boot', unit: 'ms', samples: [noisy, 2 ** 33] }];
    const tests = [{ ...test, startMs: noisy, durationMs: noisy, steps: [step], measurements }];
    await writeReport({ ...SAMPLE_REPORT, durationMs: noisy, tests }, directory);
    for (const name of await readdir(directory)) {
      expect(await readFile(join(directory, name), 'utf8'), name).not.toMatch(/\d\.\d{4}/);
    }
    expect(await readFile(join(directory, 'run.json'), 'utf8')).toContain(String(2 ** 33));
    expect(new WaitTimeoutError('it', noisy, undefined).message).toContain('after 52450 ms');
  });
});

describe('names in JUnit', () => {
  const [test] = SAMPLE_REPORT.tests;
  if (test === undefined) throw new Error('the sample has a test');

  it('tell repetitions apart, and what else has the same name', () => {
    const tests = [1, 1, 2].map((repetition) => ({ ...test, promise: 'it boots', repetition }));
    expect([...caseNames(tests).values()]).toEqual([
      'it boots [1/2]',
      'it boots [1/2] (2)',
      'it boots [2/2]',
    ]);
    expect([...caseNames([test]).values()]).toEqual([test.promise]);
  });

  it('never repeat within a class, as a consumer sees them', () => {
    const promise = fc.oneof(fc.constantFrom('a', 'a [1/2]', 'a (2)', 'a\u0007', 'a [1/2] (2)'), fc.string());
    const record = fc.record({
      promise,
      repetition: fc.integer({ min: 1, max: 3 }),
      file: fc.constantFrom('f', 'g'),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const xml = junitXml({ ...SAMPLE_REPORT, tests: records.map((one) => ({ ...test, ...one })) });
        const cases = Array.from(xml.matchAll(/<testcase (name="[^"]*" classname="[^"]*")/g), ([, id]) => id);
        expect(cases).toHaveLength(records.length);
        expect(new Set(cases).size).toBe(records.length);
      }),
    );
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
