import { mkdir, readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { Workplace } from './testing/workplace.ts';

const PASSING = `test('one is one', () => { expect(1).toBe(1); });`;

/** In a mount namespace of its own, as the user who has all rights in it. */
function mounted(script: string): [string, ...string[]] {
  return ['unshare', '--mount', '--user', '--map-root-user', 'sh', '-c', script, '-'];
}

describe('the host is blamed', { timeout: 120_000 }, () => {
  it('for a worker that is killed for its memory', async (context) => {
    const place = await Workplace.create(context, {
      'dying/a.suite.ts': `${PASSING}
        test('dies', () => process.kill(process.pid, 'SIGKILL'));
        test('is not reached', () => undefined);`,
      'living/a.suite.ts': PASSING,
    });
    const { exitCode, stdout } = await place.run('--report', 'out', '--jobs', '1');
    expect(stdout).toMatch(/FAIL {2}dies[^]*the process that ran it is gone/);
    expect(exitCode).toBe(69);
    const { verdict, tests } = await place.report('out');
    expect(verdict).toBe('infrastructure');
    expect(tests.filter(({ state }) => state === 'passed').map(({ suite }) => suite)).toContain('living');
  });

  it('for a unit test whose worker is killed', async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': PASSING,
      '../unit.test.ts': `test('dies', () => process.kill(process.pid, 'SIGKILL'));`,
    });
    const { exitCode, stdout } = await place.run();
    expect(stdout).toContain('The unit tests failed, so no machine was booted.');
    expect(exitCode).toBe(69);
  });

  it('for a system call in a test that only the host lets fail', async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': `
        import { writeFileSync } from 'node:fs';
        test('writes', () => { writeFileSync('/dev/full', 'x'); });`,
    });
    const { exitCode, stdout } = await place.run();
    expect(stdout).toMatch(/Infrastructure failure \(host\)\n +Error: ENOSPC/);
    expect(exitCode).toBe(69);
  });

  it('for a disk too full for the report, and what is there is whole', async (context) => {
    const place = await Workplace.create(context, { 'boot/a.suite.ts': PASSING });
    await mkdir(place.path('out'));
    await mkdir(place.path('seen'));
    // Room for the lines of events and for the smallest file of the report.
    const { exitCode, stderr } = await place.startThrough(
      mounted('mount -t tmpfs -o size=8k none out && "$@"; code=$?; cp -r out/. seen; exit $code'),
      '--report',
      'out',
    );
    expect(stderr).toMatch(/error: The report lacks .*index\.html: ENOSPC/);
    expect(exitCode).toBe(69);
    expect((await readdir(place.path('seen'))).sort()).toEqual(['events.jsonl', 'junit.xml', 'run.json']);
    expect(await readFile(place.path('seen/junit.xml'), 'utf8')).toMatch(/<\/testsuites>\n$/);
    expect(await readFile(place.path('seen/run.json'), 'utf8')).toMatch(/"verdict": "passed"[^]*\n}\n$/);
  });

  it.for([
    ['a disk that is read-only', 'mount -t tmpfs -o ro none out'],
    ['a disk that is full', 'mount -t tmpfs -o size=4k,nr_inodes=1 none out'],
  ])('for a report on %s, before any test', async ([, mount], context) => {
    const place = await Workplace.create(context, { 'boot/a.suite.ts': PASSING });
    await mkdir(place.path('out'));
    const { exitCode, stdout, stderr } = await place.startThrough(
      mounted(`${mount} && "$@"`),
      '--report',
      'out',
    );
    expect(stderr).toMatch(/^error: .*out.*(EROFS|ENOSPC)/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: '' });
  });
});
