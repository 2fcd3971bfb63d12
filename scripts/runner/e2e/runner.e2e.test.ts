import { describe, expect, it } from 'vitest';

import { Workplace } from './testing/workplace.ts';

/** Of two that run at the same time each sees the other; what runs by itself sees no other. */
const MEETING = `
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
async function meet(me, other) {
  writeFileSync(me + '-came', '');
  for (let tries = 0; !existsSync(other + '-came'); tries += 1) {
    if (tries > 2400) throw new Error(other + ' never came');
    await sleep(50);
  }
}
`;

const PASSING = `test('one is one', () => { expect(1).toBe(1); });`;

/** Each is the real command line in a process of its own, so there are few of them, with much in each. */
describe('a run', { timeout: 360_000 }, () => {
  it('prints verdicts, errors, evidence and the count, leaves a report, and exits 1', async (context) => {
    const place = await Workplace.create(context, {
      'api/a.suite.ts': `throw new Error('not today');`,
      'boot/a.suite.ts': `${PASSING}
        test('two is one', () => { expect(2).toBe(1); });
        test('needs a disk', (context) => { context.skip('the image lacks a disk'); });
        test('boots', async ({ task }) => {
          setScene(task.file.filepath, task.id);
          emit({ kind: 'vm-used', vm: 'boot-1' });
          await step('wait for the API', () => undefined);
          measure('boot', 's', [9, 8, 10]);
          emit({ kind: 'vm-evidence', vm: 'boot-1', directory: 'vms/boot-1', files: ['console.log'], consoleTail: ['Kernel panic'] });
          throw new Error('no answer');
        });
        afterAll(() => { throw new Error('left behind'); });`,
    });
    const { exitCode, stdout } = await place.run('--report', 'out', '--debug', '--exhaustive');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAIL {2}the file loads and cleans up[^]*not today/);
    expect(stdout).toMatch(/ok {4}one is one/);
    expect(stdout).toMatch(/FAIL {2}two is one[^]*expected 2 to be 1[^]*at .*a\.suite\.ts:5:/);
    expect(stdout).toContain('skip  needs a disk: the image lacks a disk');
    expect(stdout).toMatch(/step {2}wait for the API\n {2}done {2}wait for the API/);
    expect(stdout).toMatch(
      /console of boot-1, last lines:\n +\| Kernel panic\n +evidence: out\/vms\/boot-1\/\n/,
    );
    expect(stdout).toContain('boot the same image: npm run vm -- --variant metal-containerd');
    expect(stdout).toContain('reproduce: npm test -- --suite boot/a --variant metal-containerd');
    expect(stdout).toContain('boot: 9 s (median of 3; 8 to 10)');
    expect(stdout).toMatch(/FAIL {2}the file loads and cleans up[^]*left behind/);
    expect(stdout).toContain('--exhaustive changed nothing');
    expect(stdout.split('\n').at(-1)).toBe('1 passed, 4 failed, 1 skipped');
    const { verdict, tests } = await place.report('out');
    expect(verdict).toBe('failed');
    expect(tests.map(({ promise, state }) => `${state}: ${promise}`)).toEqual([
      'failed: the file loads and cleans up',
      'passed: one is one',
      'failed: two is one',
      'skipped: needs a disk',
      'failed: boots',
      'failed: the file loads and cleans up',
    ]);
  });

  it('exits 69 when only the host failed, however deep the error says so', async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': `${PASSING}
        test('boots', () => {
          const died = Object.assign(new Error('QEMU died'), { exitCode: 69 });
          throw new Error('no boot', { cause: died });
        });`,
    });
    const { exitCode, stdout } = await place.run('--report', 'out');
    expect(exitCode).toBe(69);
    expect(stdout).toContain('Infrastructure failure (host)');
    expect((await place.report('out')).verdict).toBe('infrastructure');
  });

  it('fails when no test ran, and for a test whose process died', async (context) => {
    const place = await Workplace.create(context, {
      'idle/a.suite.ts': `test('x', (context) => { context.skip('why'); });`,
      'dying/a.suite.ts': `test('dies', () => process.kill(process.pid, 'SIGKILL'));`,
    });
    const idle = await place.run('idle');
    expect(idle.exitCode).toBe(1);
    expect(idle.stdout).toMatch(/No tests ran: [^]*\n0 passed, 0 failed, 1 skipped$/);
    const dying = await place.run('dying');
    expect(dying.exitCode).toBe(69);
    expect(dying.stdout).toMatch(/FAIL {2}dies[^]*the process that ran it is gone/);
  });

  it('multiplies by --repeat and targets, in a fixed order', async (context) => {
    const place = await Workplace.create(context, { 'b/b.suite.ts': PASSING, 'a/a.suite.ts': PASSING });
    const args = '--repeat 2 --jobs 1 --variant metal-dev,metal-containerd --arch arm64'.split(' ');
    const { exitCode, stdout } = await place.run(...args);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^[ab]\/.*$/gm)).toEqual([
      'a/a.suite.ts  metal-dev/aarch64',
      'b/b.suite.ts  metal-dev/aarch64',
      'a/a.suite.ts  metal-containerd/aarch64',
      'b/b.suite.ts  metal-containerd/aarch64',
      'a/a.suite.ts  metal-dev/aarch64, run 2',
      'b/b.suite.ts  metal-dev/aarch64, run 2',
      'a/a.suite.ts  metal-containerd/aarch64, run 2',
      'b/b.suite.ts  metal-containerd/aarch64, run 2',
    ]);
  });

  it('runs as many files at once as --jobs says, and one that measures before all others', async (context) => {
    const place = await Workplace.create(context, {
      'm/a.suite.ts': `${MEETING}
        test('a meets b', () => meet('a', 'b'));
        test('a stays longer', () => meet('a', 'b-left'));`,
      'm/b.suite.ts': `${MEETING}
        test('b meets a', () => meet('b', 'a'));
        test('b leaves', () => writeFileSync('b-left-came', ''));`,
      'm/c.alone.suite.ts': `${MEETING}
        test('c is alone', async () => {
          await sleep(500);
          expect(readdirSync('.').filter((name) => name.endsWith('-came'))).toEqual([]);
        });`,
    });
    const { exitCode, stdout } = await place.run('--jobs', '2', '--report', 'out');
    expect(stdout).toMatch(/\n5 passed, 0 failed$/);
    expect(exitCode).toBe(0);
    const { tests } = await place.report('out');
    expect(tests.map(({ promise }) => promise)).toEqual([
      ...['c is alone', 'a meets b', 'a stays longer', 'b meets a', 'b leaves'],
    ]);
    expect((await place.run('m/c')).exitCode).toBe(1);
  });

  it('repeats a test once for a clock that the host spoiled, and for nothing else', async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': `
        let tries = 0;
        test('clock', () => {
          if (++tries === 1) throw new Error("the guest's clock runs 55 times as fast as it should");
        });
        let others = 0;
        test('other', () => {
          if (++others === 1) throw new Error('once');
        });`,
    });
    const { stdout } = await place.run();
    expect(stdout).toMatch(/\n1 passed, 1 failed$/);
  });

  it('has the unit tests only with --unit-tests, and their verdict', async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': PASSING,
      '../unit.test.ts': `${PASSING}\ntest('one is two', () => { expect(1).toBe(2); });`,
    });
    const { exitCode, stdout, stderr } = await place.run('--unit-tests');
    expect(stderr).toContain('one is two');
    expect(stdout).toMatch(/\n1 passed, 1 failed$/);
    expect(exitCode).toBe(1);
    const refused = await place.run('--unit-tests', 'boot', '--report', 'out');
    expect(refused.stderr).toContain('--unit-tests goes with nothing else; leave out boot, --report.');
    expect(refused.exitCode).toBe(64);
  });

  it('lists the promises and keeps none of them with --list', async (context) => {
    const place = await Workplace.create(context, {
      'boot/a.suite.ts': `beforeAll(() => { throw new Error('booted'); });\n${PASSING}`,
    });
    expect(await place.run('--list')).toEqual({ exitCode: 0, stdout: 'boot  one is one', stderr: '' });
  });

  it('exits 64 for what is not to be had', async (context) => {
    const place = await Workplace.create(context, { 'boot/a.suite.ts': PASSING });
    const { exitCode, stderr, stdout } = await place.run('bot');
    expect(stderr).toContain('Unknown suite "bot"; did you mean "boot"? Known suites: boot.');
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  });
});
