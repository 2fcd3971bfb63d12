import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { SAMPLE_REPORT } from '../../harness/report/render/testing/sample-report.ts';
import type { TestRecord } from '../../harness/report/schema.ts';
import { writeReport } from '../../harness/report/write.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { compareReports, isWorse } from './compare.ts';

const [PASSED, FAILED] = SAMPLE_REPORT.tests as [TestRecord, TestRecord];
const TWENTY = Array.from({ length: 20 }, (_, index) => 1000 + ((index * 37) % 60));

function named(promise: string, test: TestRecord, more: Partial<TestRecord> = {}): TestRecord {
  return { ...test, promise, measurements: [], vms: [], ...more };
}

function measured(samples: number[], unit = 'ms'): TestRecord {
  return named('boots', PASSED, { measurements: [{ name: 'ready', unit, samples }] });
}

function compare(before: TestRecord[], after: TestRecord[]) {
  return compareReports({ ...SAMPLE_REPORT, tests: before }, { ...SAMPLE_REPORT, tests: after });
}

const QUARANTINE = { issue: '#1', owner: 'Robin', expires: '2026-12-24' };

describe('two reports', () => {
  it('differ by what newly fails, is fixed, is flaky, and is in one only', () => {
    const result = compare(
      [named('a', PASSED), named('b', FAILED), named('c', PASSED), named('d', PASSED), named('q', PASSED)],
      [
        ...[named('a', FAILED), named('b', PASSED), named('e', FAILED)],
        ...[named('c', PASSED), named('c', FAILED, { repetition: 2 })],
        named('q', FAILED, { quarantine: QUARANTINE }),
      ],
    );
    const names = (tests: readonly { promise: string }[]): string[] => tests.map(({ promise }) => promise);
    expect(names(result.newlyFailing)).toEqual(['a', 'e']);
    expect(names(result.fixed)).toEqual(['b']);
    expect(names(result.flaky)).toEqual(['c', 'q']);
    expect(names(result.onlyBefore)).toEqual(['d']);
    expect(names(result.onlyAfter)).toEqual(['e']);
    expect(isWorse(result)).toBe(true);
  });

  it('differ by samples that are greater than chance makes them', () => {
    const slower = compare([measured(TWENTY)], [measured(TWENTY.map((one) => one * 1.1))]);
    expect(slower.slower).toMatchObject([{ promise: 'boots', name: 'ready', unit: 'ms' }]);
    expect(isWorse(slower)).toBe(true);
    for (const after of [TWENTY.toReversed(), TWENTY.map((one) => one / 1.1)]) {
      expect(compare([measured(TWENTY)], [measured(after)]).slower).toEqual([]);
    }
  });

  it('are not judged by sizes, nor by few samples', () => {
    const doubled = TWENTY.map((one) => one * 2);
    expect(compare([measured(TWENTY, 'MiB')], [measured(doubled, 'MiB')]).slower).toEqual([]);
    const [few, more] = [TWENTY, doubled].map((samples) =>
      named('x', PASSED, { durationMs: (samples[0] ?? 0) * 10 }),
    );
    if (few === undefined || more === undefined) throw new Error('two are made');
    const result = compare([few], [more]);
    expect(result.slower).toEqual([]);
    expect(result.unjudged).toMatchObject([{ name: 'test time', before: 10_000, after: 20_000 }]);
    expect(isWorse(result)).toBe(false);
  });
});

it('npm run compare reads two reports, and tells by its exit code', async () => {
  const scratch = await scratchDirectory();
  const reports = { a: [named('x', PASSED)], b: [named('x', FAILED)] };
  for (const [name, tests] of Object.entries(reports)) {
    await mkdir(scratch(name));
    await writeReport({ ...SAMPLE_REPORT, tests }, scratch(name));
  }
  const run = async (...args: string[]) => {
    const command = ['--import', 'tsx', 'scripts/compare.ts', ...args];
    return execa(process.execPath, command, { cwd: join(import.meta.dirname, '../..'), reject: false });
  };
  const worse = await run(scratch('a'), scratch('b/run.json'));
  expect(worse.stdout).toMatch(
    /^newly failing:\n {2}boot\/phases\.suite\.ts on .*: x\n\n1 newly failing, 0 fixed/,
  );
  expect(worse.exitCode).toBe(1);
  const better = await run(scratch('b'), scratch('a'), '--json');
  expect(JSON.parse(better.stdout)).toMatchObject({ newlyFailing: [], fixed: [{ promise: 'x' }] });
  expect(better.exitCode).toBe(0);
  const wrong = await run(scratch('a'));
  expect(wrong.stderr).toMatch(/^error: Name two reports, not 1/);
  expect(wrong.exitCode).toBe(64);
});
