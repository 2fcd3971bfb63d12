import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { Deadline } from '../../../harness/util/deadline.ts';
import { Workplace } from './testing/workplace.ts';

/** Comes as far as `waiting`, and ends when `go` is there. */
const WAITING = `
  import { existsSync, writeFileSync } from 'node:fs';
  test('waits', async () => {
    writeFileSync('waiting', '');
    while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 50));
  });`;

describe('two runs with one --report', { timeout: 360_000 }, () => {
  it('exclude each other, until the first one ends', async (context) => {
    const place = await Workplace.create(context, { 'boot/a.suite.ts': WAITING });
    const first = place.start('--report', 'out');
    await Deadline.after(120_000, 'the first run').poll(
      () => existsSync(place.path('waiting')) || undefined,
      50,
    );
    const second = await place.run('--report', 'out');
    expect(second.stderr).toMatch(/^error: Another run is writing its report to .*out\./);
    expect({ exitCode: second.exitCode, stdout: second.stdout }).toEqual({ exitCode: 64, stdout: '' });
    first.kill('SIGKILL');
    await first;
    await writeFile(place.path('go'), '');
    const third = await place.run('--report', 'out');
    expect(third.stdout).toMatch(/\n1 passed, 0 failed$/);
    expect((await place.report('out')).verdict).toBe('passed');
  });
});

it('--report is checked before the unit tests', { timeout: 360_000 }, async (context) => {
  const place = await Workplace.create(context, {
    'boot/a.suite.ts': WAITING,
    '../unit.test.ts': `test('is not reached', () => { throw new Error('reached'); });`,
  });
  const { exitCode, stdout, stderr } = await place.run('--report', '/proc/nowhere');
  expect(stderr).toContain('Cannot make the directory /proc/nowhere: ENOENT');
  expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: '' });
});

describe('the line that reproduces a failure', { timeout: 120_000 }, () => {
  it.for([
    ['suites', []],
    ["own suites, it's #1", ['--suites', "own suites, it's #1"]],
    ['own/boot', ['--suites', 'own/boot']],
  ] as const)('chooses its file again, of "%s"', async ([directory, args], context) => {
    const failing = `test('fails', () => { throw new Error('no'); });`;
    const place = await Workplace.create(context, {
      [`../${directory}/boot/a.suite.ts`]: failing,
      [`../${directory}/boot/boot/deep/b.alone.suite.ts`]: failing,
      [`../${directory}/it's my/c d.suite.ts`]: 'throw null;',
      '../suites/other/x.suite.ts': failing,
    });
    const { stdout } = await place.run('--report', 'out', '--exhaustive', ...args);
    const lines = Array.from(stdout.matchAll(/reproduce: npm test -- (.*)/g), ([, line]) => line ?? '');
    expect(lines.length).toBe(args.length === 0 ? 4 : 3);
    for (const line of lines) {
      const again = await place.startThrough(['bash', '-c', `"$@" --report out --repeat 2 ${line}`, '-']);
      expect(again.stdout, line).toMatch(/\n0 passed, 2 failed$/);
      const { tests } = await place.report('out');
      expect(tests.map(({ repetition }) => repetition)).toEqual([1, 2]);
    }
    const junit = await readFile(place.path('out/junit.xml'), 'utf8');
    expect(junit).toMatch(/name="[^"]* \[1\/2\]"[^]*name="[^"]* \[2\/2\]"/);
  });
});

it(
  'failures are annotated under GitHub Actions, and TAP is written',
  { timeout: 120_000 },
  async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': `test('holds', () => undefined);\ntest('fails', () => { throw new Error('no'); });`,
    });
    await writeFile(place.path('run.tap'), 'of another run');
    const args = ['--report', 'out', '--tap', 'run.tap'];
    const { stdout } = await place.startThrough(['env', 'GITHUB_ACTIONS=true'], ...args);
    expect(stdout).toMatch(
      /\n::error file=suites\/boot\/a\.suite\.ts,line=5,title=fails [^\n]*::no%0Areproduce: /,
    );
    expect(stdout).toMatch(/\n1 passed, 1 failed$/);
    const tap = await readFile(place.path('run.tap'), 'utf8');
    expect(tap).toMatch(/^TAP version 14\n1\.\.2\nok 1 - .* holds\nnot ok 2 - .* fails\n/);
    const quiet = await place.startThrough(['env', 'GITHUB_ACTIONS=']);
    expect(quiet.stdout).not.toContain('::error');
  },
);
