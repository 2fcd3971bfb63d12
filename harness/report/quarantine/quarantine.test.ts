import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { describe, expect, it, test } from 'vitest';

import { UsageError } from '../../util/errors.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { junitXml } from '../render/junit.ts';
import { SAMPLE_REPORT } from '../render/testing/sample-report.ts';
import { count } from '../render/text.ts';
import type { TestRecord } from '../schema.ts';
import { Quarantine } from './apply.ts';
import { QUARANTINE_FILE, readQuarantine, type QuarantineEntry } from './entries.ts';

const [PASSED, FAILED, , BROKEN] = SAMPLE_REPORT.tests as [TestRecord, TestRecord, TestRecord, TestRecord];
const ENTRY: QuarantineEntry = {
  test: `boot/phases: ${FAILED.promise}`,
  ...{ variant: 'metal-containerd', architecture: 'x86_64' },
  ...{ issue: '#17', owner: 'Robin', expires: '2026-12-24' },
};
const OF = { issue: '#17', owner: 'Robin', expires: '2026-12-24' };
const IN_TIME = new Date('2026-12-24T23:59:59Z');
const TOO_LATE = new Date('2026-12-25T00:00:00Z');

function applied(
  tests: TestRecord[],
  entry: Partial<QuarantineEntry> = {},
  now = IN_TIME,
  interrupted = false,
) {
  return new Quarantine([{ ...ENTRY, ...entry }], now).applyTo(tests, interrupted);
}

describe('a quarantine', () => {
  it('makes a warning of a failure of its test, and of nothing else', () => {
    const tests = applied([PASSED, FAILED, { ...FAILED, target: 'metal-dev/x86_64' }]);
    expect(tests.map(({ quarantine }) => quarantine)).toEqual([null, OF, null]);
    expect(count(tests)).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('covers no failure of the host', () => {
    const failures = BROKEN.failures;
    expect(applied([{ ...FAILED, failures }]).map(({ quarantine }) => quarantine)).toEqual([null]);
  });

  it('fails the run when it has expired, also where the test passes', () => {
    for (const state of ['passed', 'failed'] as const) {
      const tests = applied([{ ...FAILED, state }], {}, TOO_LATE);
      expect(tests[0]?.quarantine).toBeNull();
      expect(tests[1]).toMatchObject({ file: QUARANTINE_FILE, state: 'failed', quarantine: null });
      expect(tests[1]?.failures[0]?.message).toMatch(
        /expired on 2026-12-24: Robin should mend the test \(#17\)/,
      );
    }
  });

  it('fails the run when its file has no such test', () => {
    const tests = applied([PASSED], { test: 'boot/phases: gone' });
    expect(tests[1]?.failures[0]?.message).toMatch(
      /"boot\/phases: gone" on metal-containerd\/x86_64 is unused/,
    );
  });

  it('is no business of a run without its file, and can not be judged where that was cut short', () => {
    expect(applied([PASSED], { test: 'boot/other: x' }, TOO_LATE)).toHaveLength(1);
    expect(applied([PASSED], { variant: 'metal-dev' }, TOO_LATE)).toHaveLength(1);
    expect(applied([PASSED], { test: 'boot/phases: gone' }, IN_TIME, true)).toHaveLength(1);
    expect(applied([PASSED, FAILED], { test: 'boot/phases: gone' })).toHaveLength(2);
  });

  it('is applied anew to a report that it was applied to', () => {
    const once = applied([PASSED, FAILED], {}, TOO_LATE);
    expect(applied(once, {}, TOO_LATE)).toEqual(once);
    expect(applied(once).map(({ quarantine }) => quarantine)).toEqual([null, OF]);
  });

  it('is a test that was skipped for JUnit, with the reason and the failure', () => {
    const xml = junitXml({ ...SAMPLE_REPORT, tests: applied([FAILED]) });
    expect(xml).toContain('<testsuites tests="1" failures="0" errors="0" skipped="1"');
    expect(xml).toMatch(
      /<skipped message="quarantined until 2026-12-24 \(Robin, #17\): expected &quot;.*">AssertionError/,
    );
    expect(xml).not.toContain('<failure');
  });
});

describe('the file', () => {
  const line = (key: string, value: string): string =>
    Object.entries({ ...ENTRY, [key]: value })
      .map(([name, text]) => `${name} = ${JSON.stringify(text)}`)
      .join('\n');

  test.each([
    ['test', 'a flipped bit', /quarantine\.toml:2:1: quarantined\.0\.test: must be FILE: PROMISE/],
    ['architecture', 'riscv', /quarantine\.toml:4:1: .*architecture/],
    ['owner', '', /quarantine\.toml:6:1: .*must say who sees to it/],
    ['expires', 'next week', /quarantine\.toml:7:1: .*must be the last day that it holds, in quotes/],
    ['expire', '2026-12-24', /quarantine\.toml:8:1: .*expire/],
  ])('with a wrong %s is refused', async (key, value, message) => {
    const scratch = await scratchDirectory();
    await mkdir(dirname(scratch(QUARANTINE_FILE)));
    await writeFile(scratch(QUARANTINE_FILE), `[[quarantined]]\n${line('owner', 'Robin')}\n`);
    expect(await readQuarantine(scratch('.'))).toEqual([ENTRY]);
    await writeFile(scratch(QUARANTINE_FILE), `[[quarantined]]\n${line(key, value)}\n`);
    await expect(readQuarantine(scratch('.'))).rejects.toThrow(message);
    await expect(readQuarantine(scratch('.'))).rejects.toThrow(UsageError);
  });

  it('may be missing', async () => {
    expect(await readQuarantine((await scratchDirectory())('.'))).toEqual([]);
  });
});
