import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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
import { renderPlan } from './render.ts';
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

const EVERYTHING = { gates: ['npm run check'], tests: [{}] };

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
        'npm test -- --variant metal-a --arch aarch64 --suite api/c,boot/a --report reports/nightly/1-of-2/metal-a-aarch64',
        'npm test -- --variant metal-a --arch x86_64 --suite api/c,boot/a --report reports/nightly/1-of-2/metal-a-x86_64',
      ],
      [
        'npm test -- --variant metal-b --arch aarch64 --suite api/c,boot/a,boot/b --report reports/nightly/2-of-2/metal-b-aarch64',
        'npm test -- --variant metal-b --arch x86_64 --suite api/c,boot/a,boot/b --report reports/nightly/2-of-2/metal-b-x86_64',
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
    const { shards } = await makePlan('few', { gates: [], tests }, 1, await context());
    const disk = '--image "$(npm run --silent image -- --example debian --arch x86_64)"';
    expect(shards[0]?.commands).toEqual([
      `npm test -- ${disk} --profile p.toml --suite boot/b --report reports/few/1-of-1/disk.qcow2-x86_64`,
      `npm test -- ${disk} --suites ${own} --suite own/d --report reports/few/1-of-1/disk.qcow2-x86_64-2`,
      'npm test -- --variant metal-b --arch x86_64 --suite api/c,boot/b --report reports/few/1-of-1/metal-b-x86_64',
    ]);
  });

  it('leaves out suites and files as it is told', async () => {
    const tests = [
      {
        variants: ['metal-b'],
        architectures: ['x86_64' as const],
        suites: ['boot', 'api'],
        without: ['boot/a'],
      },
    ];
    const { shards } = await makePlan('few', { gates: [], tests }, 1, await context());
    expect(shards[0]?.commands).toEqual([expect.stringContaining(' --suite api/c,boot/b ')]);
  });

  it.each([
    [{ variants: ['metal-c'] }, 1, /Unknown variant "metal-c"; did you mean "metal-a"/],
    [{ suites: ['bot'] }, 1, /Unknown suite "bot"; did you mean "boot"/],
    [{ suites: ['boot/b'], variants: ['metal-a'] }, 1, /The plan is empty/],
    [{}, 11, /--shards 11 is too many: there are 10 cells/],
  ])('is refused: %j in %i', async (tests, total, message) => {
    const made = makePlan('nightly', { gates: [], tests: [tests] }, total, await context());
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

describe("the project's own plans", () => {
  const root = join(import.meta.dirname, '../..');

  it('have for a pull request what .ci/run has', async () => {
    const text = (await readFile(join(root, '.ci/run'), 'utf8')).replaceAll('\\\n', '');
    const slow = /^slow=(.*)$/m.exec(text)?.[1] ?? '';
    const script = text.replaceAll('"$slow"', slow);
    const stages = Array.from(
      script.matchAll(/^stage '[^']*' (tests|foreign) (.*)$/gm),
      ([, kind, rest = '']) => {
        const flag = (name: string): string | undefined => new RegExp(`--${name} (\\S+)`).exec(rest)?.[1];
        const image =
          kind === 'foreign'
            ? { example: 'debian', profile: 'examples/hotfire.toml', architectures: ['x86_64'] }
            : { variants: [flag('variant') ?? 'metal-containerd'], architectures: [flag('arch')] };
        const suites = flag('suite') === undefined ? {} : { suites: flag('suite')?.split(',') };
        const without = flag('without') === undefined ? {} : { without: flag('without')?.split(',') };
        return { ...image, ...suites, ...without, ...(flag('suites') && { own_suites: flag('suites') }) };
      },
    );
    const content = await readPlanContent(join(root, 'ci/plans.toml'));
    expect(content['pull-request']?.tests).toEqual(stages);
    expect(stages.length).toBeGreaterThan(3);
  });

  it('are refused where a table is wrong, with the place', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('plans.toml'), '[nightly]\n[[nightly.tests]]\nexample = "a"\nvariants = ["b"]\n');
    await expect(readPlanContent(scratch('plans.toml'))).rejects.toThrow(/example and variants exclude/);
    await writeFile(scratch('plans.toml'), '[nightly]\n[[nightly.tests]]\nsuits = ["b"]\n');
    await expect(readPlanContent(scratch('plans.toml'))).rejects.toThrow(/plans\.toml:3:1: .*suits/);
  });
});
