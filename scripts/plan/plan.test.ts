import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { describe, expect, it, test } from 'vitest';

import type { Capability } from '../../harness/os/capabilities.ts';
import type { RunReport } from '../../harness/report/schema.ts';
import { SAMPLE_REPORT } from '../../harness/report/render/testing/sample-report.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { findSuites } from '../runner/plan/discover.ts';
import { readPlanContent } from './content.ts';
import { DEFAULT_CELL_MS, Durations } from './durations.ts';
import { makePlan } from './plan.ts';
import { renderCommands, renderPlan } from './render.ts';
import { needsOfFile } from './suite-needs.ts';

const FILES = {
  'boot/a.suite.ts': `test('x', () => {});`,
  'boot/b.alone.suite.ts': `test('x', () => { needs('login'); }); test('y', () => { needs('agent'); });`,
  'api/c.suite.ts': `test('x', () => { needs('login'); }); test('y', () => {});`,
};

async function context(reports: readonly RunReport[] = []) {
  const scratch = await scratchDirectory();
  for (const [file, text] of Object.entries(FILES)) {
    await mkdir(dirname(scratch(`suites/${file}`)), { recursive: true });
    await writeFile(scratch(`suites/${file}`), text);
  }
  const variants = new Map([
    ['metal-a', new Set<Capability>(['bridge'])],
    ['metal-b', new Set<Capability>(['bridge', 'login'])],
  ]);
  const suitesIn = (directory: string | undefined) => findSuites(directory, scratch('suites'));
  return { matrix: { variants, suitesIn, needsOf: needsOfFile }, durations: new Durations(reports) };
}

const EVERYTHING = { gates: ['npm run check'], without: [], tests: [{}] };

describe('a plan', () => {
  it('has a cell for each target and suite file, but where no test can run', async () => {
    const { shards, omissions } = await makePlan('nightly', EVERYTHING, 1, await context());
    expect(shards[0]?.cells.map(({ target, file }) => `${target} ${file}`)).toEqual([
      ...['metal-a/aarch64 api/c.suite.ts', 'metal-a/aarch64 boot/a.suite.ts'],
      ...['metal-a/x86_64 api/c.suite.ts', 'metal-a/x86_64 boot/a.suite.ts'],
      ...['aarch64', 'x86_64'].flatMap((arch) =>
        ['api/c.suite.ts', 'boot/a.suite.ts', 'boot/b.alone.suite.ts'].map(
          (file) => `metal-b/${arch} ${file}`,
        ),
      ),
    ]);
    const reason = 'the image lacks login, agent';
    expect(omissions).toEqual([
      { target: 'metal-a/x86_64', file: 'boot/b.alone.suite.ts', reason },
      { target: 'metal-a/aarch64', file: 'boot/b.alone.suite.ts', reason },
    ]);
  });

  it('says what runs each shard, and is the same every time', async () => {
    const plan = await makePlan('nightly', EVERYTHING, 2, await context());
    expect(plan.shards.map(({ commands }) => commands)).toEqual([
      [
        'npm test -- --variant metal-a --arch x86_64 --suite api/c,boot/a --report reports/nightly/1-of-2/metal-a-x86_64',
        'npm test -- --variant metal-a --arch aarch64 --suite api/c,boot/a --report reports/nightly/1-of-2/metal-a-aarch64',
      ],
      [
        'npm test -- --variant metal-b --arch x86_64 --suite api/c,boot/a,boot/b --report reports/nightly/2-of-2/metal-b-x86_64',
        'npm test -- --variant metal-b --arch aarch64 --suite api/c,boot/a,boot/b --report reports/nightly/2-of-2/metal-b-aarch64',
      ],
    ]);
    expect(await makePlan('nightly', EVERYTHING, 2, await context())).toEqual(plan);
    expect(renderPlan(plan)).toMatch(
      /^nightly: 10 cells [^]*\n {2}npm run check\n\nshard 1\/2: 4 cells, about 14 min 00 s[^]*\n {2}boot\/b: the image lacks login, agent \(/,
    );
  });

  it("takes chosen suites and files, and disks that are not Hotfire's", async () => {
    const own = (await scratchDirectory())('own');
    await mkdir(own);
    await writeFile(`${own}/d.suite.ts`, '');
    const tests = [
      { variants: ['metal-b'], architectures: ['x86_64' as const], suites: ['boot/b', 'api'] },
      { example: 'debian', profile: 'p.toml', architectures: ['x86_64' as const], suites: ['boot/b'] },
      { example: 'debian', architectures: ['x86_64' as const], own_suites: own },
    ];
    const { shards } = await makePlan('few', { gates: [], without: [], tests }, 1, await context());
    const disk = '--image "$(npm run --silent image -- --example debian --arch x86_64)"';
    expect(shards[0]?.commands).toEqual([
      'npm test -- --variant metal-b --arch x86_64 --suite api/c,boot/b --report reports/few/1-of-1/metal-b-x86_64',
      `npm test -- ${disk} --profile p.toml --suite boot/b --report reports/few/1-of-1/disk.qcow2-x86_64`,
      `npm test -- ${disk} --suites ${own} --suite own/d --report reports/few/1-of-1/disk.qcow2-x86_64-2`,
    ]);
    expect(shards[0]?.images).toEqual([
      'npm run --silent image -- --variant metal-b --arch x86_64',
      'npm run --silent image -- --example debian --arch x86_64',
    ]);
  });

  it("leaves suites and files out of Hotfire's suites, and of no other", async () => {
    const own = (await scratchDirectory())('boot');
    await mkdir(own);
    await writeFile(`${own}/a.suite.ts`, '');
    const on = { variants: ['metal-b'], architectures: ['x86_64' as const] };
    const tests = [
      { ...on, suites: ['boot', 'api'] },
      { ...on, own_suites: own },
    ];
    const { shards } = await makePlan('few', { gates: [], without: ['boot/a'], tests }, 1, await context());
    expect(shards[0]?.commands).toEqual([
      expect.stringContaining(' --suite api/c,boot/b '),
      expect.stringContaining(' --suite boot/a '),
    ]);
  });

  it('runs what it has twice once, as the later entry wants it', async () => {
    const on = { variants: ['metal-b'], architectures: ['x86_64' as const] };
    const tests = [
      { ...on, suites: ['boot', 'api'] },
      { ...on, suites: ['boot/a'], exhaustive: true },
    ];
    const { shards } = await makePlan('few', { gates: [], without: [], tests }, 1, await context());
    expect(shards[0]?.commands).toEqual([
      expect.stringMatching(/ --arch x86_64 --suite api\/c,boot\/b /),
      expect.stringMatching(/ --arch x86_64 --exhaustive --suite boot\/a /),
    ]);
  });

  it('is refused where it leaves out what is not there', async () => {
    const content = { ...EVERYTHING, without: ['boot/bb'] };
    const made = makePlan('few', content, 1, await context());
    await expect(made).rejects.toThrow(/Unknown suite "boot\/bb"; did you mean "boot\/b"/);
  });

  it('has only what is wanted, on as many machines as that needs, and may have gates alone', async () => {
    const { matrix, durations } = await context();
    const only = (name: string) => ({
      durations,
      matrix: { ...matrix, wants: (path: string) => path.endsWith(name) },
    });
    const { shards } = await makePlan('few', EVERYTHING, 9, only('b.alone.suite.ts'));
    expect(shards.map(({ commands, reports }) => [commands, reports])).toEqual([
      [
        [expect.stringContaining('--arch aarch64 --suite boot/b --report reports/few/1-of-2/')],
        'reports/few/1-of-2',
      ],
      [
        [expect.stringContaining('--arch x86_64 --suite boot/b --report reports/few/2-of-2/')],
        'reports/few/2-of-2',
      ],
    ]);
    const { gates, shards: none } = await makePlan('few', EVERYTHING, 9, only('none'));
    expect({ gates, none }).toEqual({ gates: EVERYTHING.gates, none: [] });
  });

  it('is printed as commands: gates, images, tests', async () => {
    const tests = [{ variants: ['metal-b'], architectures: ['x86_64' as const] }];
    const plan = await makePlan('few', { ...EVERYTHING, tests }, 2, await context());
    expect(renderCommands(plan)).toBe(
      [
        'npm run check',
        'npm run --silent image -- --variant metal-b --arch x86_64',
        'npm test -- --variant metal-b --arch x86_64 --suite api/c,boot/a --report reports/few/1-of-2/metal-b-x86_64',
        'npm test -- --variant metal-b --arch x86_64 --suite boot/b --report reports/few/2-of-2/metal-b-x86_64',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [{ variants: ['metal-c'] }, 1, /Unknown variant "metal-c"; did you mean "metal-a"/],
    [{ suites: ['bot'] }, 1, /Unknown suite "bot"; did you mean "boot"/],
    [{ suites: ['boot/b'], variants: ['metal-a'] }, 1, /The plan is empty/],
    [{}, 11, /--shards 11 is too many: there are 10 cells/],
  ])('is refused: %j in %i', async (tests, total, message) => {
    const made = makePlan('nightly', { gates: [], without: [], tests: [tests] }, total, await context());
    await expect(made).rejects.toThrow(message);
    await expect(made).rejects.toThrow(UsageError);
  });
});

test('a duration is the median of good runs, else that of another target, else the default', () => {
  const [passed] = SAMPLE_REPORT.tests;
  if (passed === undefined) throw new Error('the sample has a test');
  const run = (file: string, durationMs: number, state: 'passed' | 'failed' = 'passed'): RunReport => ({
    ...{ ...SAMPLE_REPORT, fileSteps: [] },
    tests: [{ ...passed, file, durationMs, state }],
  });
  const reports = [run('f', 10_000), run('f', 90_000), run('f', 30_000), run('f', 1, 'failed'), run('g', 0)];
  const durations = new Durations(reports);
  const { target } = passed;
  expect(durations.estimate({ target, file: 'f' })).toEqual({ estimateMs: 30_000, basis: 'recorded' });
  expect(durations.estimate({ target, file: 'g' })).toEqual({ estimateMs: 1000, basis: 'recorded' });
  expect(durations.estimate({ target: 'other', file: 'f' })).toEqual({
    ...{ estimateMs: 30_000, basis: 'other-target' },
  });
  expect(durations.estimate({ target, file: 'h' })).toEqual({
    estimateMs: DEFAULT_CELL_MS,
    basis: 'default',
  });
  const outside = { name: 'boot', startMs: 0, durationMs: 5000, error: null, file: 'f', target };
  const [withSteps] = [run('f', 10_000)].map((report) => ({ ...report, fileSteps: [outside] }));
  expect(new Durations(withSteps ? [withSteps] : []).estimate({ target, file: 'f' }).estimateMs).toBe(15_000);
});

describe('the content of plans', () => {
  it('are refused where a table is wrong, with the place', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('plans.toml'), '[nightly]\n[[nightly.tests]]\nexample = "a"\nvariants = ["b"]\n');
    await expect(readPlanContent(scratch('plans.toml'))).rejects.toThrow(/example and variants exclude/);
    await writeFile(scratch('plans.toml'), '[nightly]\n[[nightly.tests]]\nsuits = ["b"]\n');
    await expect(readPlanContent(scratch('plans.toml'))).rejects.toThrow(/plans\.toml:3:1: .*suits/);
  });
});
