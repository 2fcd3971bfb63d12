import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it, test } from 'vitest';

import { readReport } from '../../harness/report/read.ts';
import { SAMPLE_REPORT } from '../../harness/report/render/testing/sample-report.ts';
import type { RunReport, TestRecord } from '../../harness/report/schema.ts';
import { writeReport } from '../../harness/report/write.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { PLAN_VERSION, type Cell, type Plan } from '../plan/schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const TARGET = 'metal-containerd/x86_64';
const [PASSED, FAILED] = SAMPLE_REPORT.tests as [TestRecord, TestRecord];

/** Reports in a directory of their own, and `npm run merge` over them. */
class Place {
  readonly path: (name: string) => string;

  private constructor(path: (name: string) => string) {
    this.path = path;
  }

  static async create(): Promise<Place> {
    return new Place(await scratchDirectory());
  }

  async report(name: string, report: Partial<RunReport>): Promise<void> {
    await mkdir(this.path(name), { recursive: true });
    const empty = { tests: [], fileSteps: [], vms: [], lives: [], remarks: [], verdict: 'passed' as const };
    await writeReport({ ...SAMPLE_REPORT, ...empty, ...report }, this.path(name));
  }

  async plan(...shards: string[][]): Promise<void> {
    const cell = (file: string): Cell => ({
      ...{ target: TARGET, file, flags: '', estimateMs: 1, basis: 'default' as const },
    });
    const plan: Plan = {
      ...{ planVersion: PLAN_VERSION, kind: 'nightly', gates: [], omissions: [] },
      shards: shards.map((files, position) => ({
        ...{
          index: position + 1,
          estimateMs: 1,
          cells: files.map(cell),
          images: [],
          reports: `${position + 1}`,
          commands: [`npm test -- ${position + 1}`],
        },
      })),
    };
    await writeFile(this.path('plan.json'), JSON.stringify(plan));
  }

  async merge(...args: string[]) {
    const command = ['--import', 'tsx', 'scripts/merge.ts', '--out', this.path('out'), ...args];
    const { exitCode, stdout, stderr } = await execa(process.execPath, command, {
      ...{
        cwd: ROOT,
        reject: false,
        stdin: 'ignore',
        timeout: 100_000,
        env: { NO_COLOR: '1', FORCE_COLOR: '0' },
      },
    });
    return { exitCode, stdout, stderr };
  }
}

function named(file: string, more: Partial<TestRecord> = {}): TestRecord {
  return { ...PASSED, file, target: TARGET, vms: [], ...more };
}

const vm = { id: 'boot-1', target: TARGET, directory: 'vms/boot-1', consoleTail: ['panic'] };

describe('shards that all reported', () => {
  it('make one report with one verdict, and the machines of each', async () => {
    const place = await Place.create();
    for (const name of ['a', 'b']) {
      const file = `boot/${name}.suite.ts`;
      const tests = [{ ...FAILED, file, vms: ['boot-1'] }, named(file)];
      const vms = [{ ...vm, files: ['console.log', 'disk0.qcow2'] }];
      await place.report(name, {
        tests,
        vms,
        lives: SAMPLE_REPORT.lives.slice(0, 1),
        verdict: 'failed',
        ...(name === 'b' && { startedAt: '2026-11-22T21:06:12.000Z' }),
      });
      await mkdir(place.path(`${name}/vms/boot-1`), { recursive: true });
      await writeFile(place.path(`${name}/vms/boot-1/console.log`), `of ${name}`);
      await writeFile(place.path(`${name}/vms/boot-1/disk0.qcow2`), 'secret', { mode: 0o600 });
    }
    await place.plan(['boot/a.suite.ts'], ['boot/b.suite.ts']);
    const { exitCode, stdout } = await place.merge(
      '--plan',
      place.path('plan.json'),
      place.path('a'),
      place.path('b'),
    );
    expect(stdout).toMatch(/\n2 passed, 2 failed$/);
    expect(stdout).toContain(`evidence: ${place.path('out')}/vms/2-boot-1/`);
    expect(exitCode).toBe(1);
    const merged = await readReport(place.path('out'));
    expect(merged).toMatchObject({
      verdict: 'failed',
      startedAt: SAMPLE_REPORT.startedAt,
      durationMs: 143_000,
    });
    expect(merged.vms.map(({ directory }) => directory)).toEqual(['vms/1-boot-1', 'vms/2-boot-1']);
    expect(merged.tests.map(({ vms }) => vms)).toEqual([['1-boot-1'], [], ['2-boot-1'], []]);
    expect(merged.tests.map(({ startMs }) => startMs)).toEqual([12_000, 12_000, 72_000, 72_000]);
    expect(merged.lives.map((life) => [life.vm, life.startMs])).toEqual([
      ['1-boot-1', 12_000],
      ['2-boot-1', 72_000],
    ]);
    expect(await readFile(place.path('out/vms/2-boot-1/console.log'), 'utf8')).toBe('of b');
    expect((await stat(place.path('out/vms/2-boot-1/disk0.qcow2'))).mode & 0o777).toBe(0o600);
    expect(await readFile(place.path('out/junit.xml'), 'utf8')).toContain('machine: vms/2-boot-1/');
    expect(await readFile(place.path('out/index.html'), 'utf8')).toContain('vms/1-boot-1/console.log');
  });
});

describe('a shard that did not report', () => {
  it('is named with its cells, and makes the run red', async () => {
    const place = await Place.create();
    await place.report('a', { tests: [named('boot/a.suite.ts')] });
    await place.plan(['boot/a.suite.ts', 'boot/c.suite.ts'], ['boot/b.suite.ts', 'api/d.alone.suite.ts']);
    const { exitCode, stdout } = await place.merge('--plan', place.path('plan.json'), place.path('a'));
    expect(stdout).toMatch(
      /shard 2\/2 never reported\. Its cells:\n +boot\/b on metal-containerd\/x86_64\n +api\/d on/,
    );
    expect(stdout).toMatch(/shard 1\/2 reported 1 of its 2 cells\. Those that are missing:\n +boot\/c on/);
    expect(stdout).toMatch(/\n1 passed, 2 failed$/);
    expect(exitCode).toBe(69);
    expect((await readReport(place.path('out'))).verdict).toBe('infrastructure');
  });

  it('is one whose directory has no run.json, too', async () => {
    const place = await Place.create();
    await place.report('a', { tests: [named('boot/a.suite.ts')] });
    await mkdir(place.path('b'));
    const { exitCode, stdout } = await place.merge(place.path('a'), place.path('b'));
    expect(stdout).toMatch(/\/b has no run\.json: the run that should have written it died\./);
    expect(exitCode).toBe(69);
  });

  it('is one that was interrupted, until it is retried', async () => {
    const place = await Place.create();
    const tests = [named('boot/a.suite.ts')];
    await place.plan(['boot/a.suite.ts']);
    await place.report('a', { tests, verdict: 'interrupted' });
    const { exitCode } = await place.merge('--plan', place.path('plan.json'), place.path('a'));
    expect(exitCode).toBe(130);
    await place.report('b', { tests, startedAt: '2026-11-23T00:00:00Z' });
    const again = await place.merge('--plan', place.path('plan.json'), place.path('a'), place.path('b'));
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

it('of a shard that was retried the newer result counts, and the repetition is shown', async () => {
  const place = await Place.create();
  const older = [
    { ...FAILED, file: 'boot/a.suite.ts', vms: ['boot-1'] },
    named('boot/a.suite.ts', { promise: 'only then' }),
  ];
  await place.report('old', { tests: older, verdict: 'failed', vms: [{ ...vm, files: [] }] });
  const newer = [{ ...FAILED, file: 'boot/a.suite.ts', state: 'passed' as const, failures: [], vms: [] }];
  await place.report('new', { tests: newer, startedAt: '2026-11-23T00:00:00Z' });
  const { exitCode, stdout } = await place.merge(place.path('new'), place.path('old'));
  expect(stdout).toMatch(
    /note {2}boot\/a\.suite\.ts on metal-containerd\/x86_64: reported again by \S+new, 1 test; the newer/,
  );
  expect(stdout).toMatch(/\n2 passed, 0 failed$/);
  expect(exitCode).toBe(0);
  const { vms, remarks } = await readReport(place.path('out'));
  expect({ vms, remarks: remarks.length }).toEqual({ vms: [], remarks: 1 });
});

test('evidence is copied from the report only', async () => {
  const place = await Place.create();
  await writeFile(place.path('secret'), 'secret');
  const names = ['console.log', 'link', 'linked-directory', '../../../secret', 'fifo', 'folder', 'gone', ''];
  const tests = [{ ...FAILED, vms: ['boot-1', '..', 'outside'] }];
  const others = ['..', 'outside'].map((id) => ({ ...vm, id, directory: `vms/${id}`, files: ['secret'] }));
  await place.report('a', { tests, verdict: 'failed', vms: [{ ...vm, files: names }, ...others] });
  await mkdir(place.path('a/vms/boot-1/folder'), { recursive: true });
  await mkdir(place.path('elsewhere'));
  await writeFile(place.path('elsewhere/secret'), 'secret');
  await writeFile(place.path('a/vms/secret'), 'secret');
  await writeFile(place.path('a/vms/boot-1/console.log'), 'console');
  await symlink(place.path('secret'), place.path('a/vms/boot-1/link'));
  await symlink(place.path('elsewhere'), place.path('a/vms/outside'));
  await execa('mkfifo', [place.path('a/vms/boot-1/fifo')]);
  const { stdout } = await place.merge(place.path('a'));
  const { vms, remarks } = await readReport(place.path('out'));
  expect(vms.map(({ files }) => files)).toEqual([['console.log'], [], []]);
  expect(remarks).toHaveLength(names.length - 1 + others.length);
  expect(stdout).toContain('left out "vms/boot-1/link": ELOOP');
  const copied = await readdir(place.path('out/vms'), { recursive: true, withFileTypes: true });
  for (const entry of copied.filter((one) => one.isFile())) {
    expect(await readFile(join(entry.parentPath, entry.name), 'utf8'), entry.name).not.toContain('secret');
  }
});

describe('is refused, and an earlier merged report stays:', () => {
  it.for([
    [
      'another version of the schema',
      '{"reportVersion":1}',
      /run\.json is of version 1 of the schema; this Hotfire reads/,
    ],
    ['no JSON', 'x', /run\.json is no run\.json/],
    [
      'another commit',
      { commit: { id: 'f'.repeat(40), modified: false } },
      /different commits can't be one verdict/,
    ],
  ] as const)('%s', async ([, content, message]) => {
    const place = await Place.create();
    await place.report('a', { tests: [named('boot/a.suite.ts')] });
    await place.report('out', {});
    if (typeof content === 'string') {
      await mkdir(place.path('b'));
      await writeFile(place.path('b/run.json'), content);
    } else await place.report('b', content);
    const { exitCode, stderr } = await place.merge(place.path('a'), place.path('b'));
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(64);
    expect((await readReport(place.path('out'))).commandLine).toBe(SAMPLE_REPORT.commandLine);
  });

  it.for([
    [['nowhere'], /Cannot read the report nowhere: ENOENT/],
    [['package.json'], /package\.json is no directory/],
    [[], /Name the reports to merge/],
    [['harness', './harness/'], /harness\/ is given twice/],
    [['--plan', 'package.json', 'harness'], /package\.json is no plan of version 2/],
  ] as const)('%j', async ([args, message]) => {
    const { exitCode, stderr } = await (await Place.create()).merge(...args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(64);
  });
});
