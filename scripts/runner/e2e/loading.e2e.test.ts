import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { execa, type Result } from 'execa';
import { describe, expect, it } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { Workplace } from './testing/workplace.ts';

const PASSING = `test('one is one', () => { expect(1).toBe(1); });`;
const ROOT = join(import.meta.dirname, '../../..');
/** Of a checkout, what `npm test -- --list` reads. */
const PARTS = [
  'harness',
  'scripts',
  'firmware',
  'images/builder',
  'images/variants',
  'suites',
  'package.json',
];

describe('a suite file', { timeout: 360_000 }, () => {
  it('that throws while it loads fails, whatever it throws', async (context) => {
    const thrown = {
      error: `new Error('broken')`,
      text: `'only text'`,
      nothing: `null`,
      bare: `Object.create(null)`,
      symbol: `Symbol('sign')`,
      circle: `(() => { const error = new Error('round'); error.cause = error; return error; })()`,
      aggregate: `(() => { const all = new AggregateError([], 'all'); all.errors.push(all); return all; })()`,
    };
    const place = await Workplace.create(context, {
      ...Object.fromEntries(
        Object.entries(thrown).map(([name, value]) => [`loads/${name}.suite.ts`, `throw ${value};`]),
      ),
    });
    const messages = [
      'all',
      'What was thrown has no message.',
      'round',
      'broken',
      'null',
      'Symbol(sign)',
      'only text',
    ];
    const run = await place.run('--report', 'out');
    expect(run.exitCode).toBe(1);
    const { tests } = await place.report('out');
    expect(tests.map(({ promise, failures }) => [promise, failures.map(({ message }) => message)])).toEqual(
      messages.map((message) => ['the file loads and cleans up', [message]]),
    );
    const list = await place.run('--list');
    expect(list.stderr.split('\n').sort()).toEqual(
      Object.keys(thrown)
        .sort()
        .map((name, index) => `error: loads/${name}.suite.ts does not load: ${String(messages[index])}`),
    );
    expect({ exitCode: list.exitCode, stdout: list.stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it('without a test is a failure, also for --list', async (context) => {
    const place = await Workplace.create(context, { 'empty/a.suite.ts': '' });
    const list = await place.run('--list');
    expect(list).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: No file of the chosen suites has a test in it.',
    });
    expect((await place.run()).exitCode).toBe(1);
  });
});

describe('a path with characters of patterns and URLs', { timeout: 360_000 }, () => {
  it.for(['a [b] c', 'p%20q', 'h#ash', 'q?uery', '{x,y}*(z)!'])(
    '"%s" runs and lists',
    async (name, context) => {
      const place = await Workplace.create(
        context,
        { 'boot/a.suite.ts': `${PASSING}\ntest('fails', () => { throw new Error('no'); });` },
        name,
      );
      const list = await place.run('--list');
      expect({ exitCode: list.exitCode, stdout: list.stdout }).toEqual({
        exitCode: 0,
        stdout: 'boot  one is one\nboot  fails',
      });
      const run = await place.run('--report', 'out');
      expect(run.stdout).toContain(`at ${place.path('suites/boot/a.suite.ts')}:`);
      expect(run.stdout).toMatch(/\n1 passed, 1 failed$/);
    },
  );

  it('may lead to the checkout', async () => {
    const { exitCode, stdout, stderr } = await listFrom('my #1 [checkout], 100%20');
    expect(stderr).not.toMatch(/error|does not load/);
    expect(stdout.split('\n').length).toBeGreaterThan(1);
    expect(exitCode).toBe(0);
  });

  it('may not lead to the checkout if tsx takes it for a query', async () => {
    const { exitCode, stdout, stderr } = await listFrom('my checkout?');
    expect(stderr).toMatch(
      /^error: the path of this checkout, .*\/my checkout\?\/, has a "\?" in it.*\n {2}Move.*$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  });
});

/** `npm test -- --list boot/verity` in a checkout of this name. */
async function listFrom(
  name: string,
): Promise<Pick<Result<{ reject: false }>, 'exitCode' | 'stdout' | 'stderr'>> {
  const scratch = await scratchDirectory();
  const checkout = scratch(name);
  await mkdir(checkout);
  for (const part of PARTS) await cp(join(ROOT, part), join(checkout, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const options = { cwd: checkout, reject: false, stdin: 'ignore', env: { NO_COLOR: '1' } } as const;
  return execa('npm', ['test', '--silent', '--', '--list', 'boot/verity'], options);
}

describe('a run whose output nobody reads to its end', { timeout: 360_000 }, () => {
  it('goes on, writes its report, and has the exit code of its verdict', async (context) => {
    const many = Array.from({ length: 50 }, (_, index) => `test('${index}', () => undefined);`).join('\n');
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': many,
      'boot/b.suite.ts': `test('slow', () => new Promise((resolve) => setTimeout(resolve, 500)));
        test('fails', () => { throw new Error('no'); });`,
    });
    const { exitCode, stdout, stderr } = await place.startThrough(
      ['bash', '-c', '"$@" 2> >(head -c 0) | head -1; exit ${PIPESTATUS[0]}', '-'],
      ...['--report', 'out', '--jobs', '1'],
    );
    expect(stdout.split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
    expect((await place.report('out')).tests).toHaveLength(52);
    expect(exitCode).toBe(1);
  });
});
