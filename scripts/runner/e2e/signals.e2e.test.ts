import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { describe, expect, it, type TestContext } from 'vitest';

import { Deadline } from '../../../harness/util/deadline.ts';
import { Workplace } from './testing/workplace.ts';

/** Has a child of its own, cleans it up after the test, and would take a minute. */
const SLOW_SUITE = `
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';

let child;
beforeAll(() => {
  child = spawn('setpriv', ['--pdeathsig=KILL', 'sleep', '60']);
  writeFileSync('pids', process.pid + ' ' + child.pid);
});
afterAll(() => {
  child.kill('SIGKILL');
  appendFileSync('cleaned', 'once');
});
test('waits', ({ signal }) => new Promise((resolve, reject) => {
  writeFileSync('waiting', '');
  signal.addEventListener('abort', () => reject(signal.reason));
}));
`;

async function waiting(
  test: TestContext,
  more: Record<string, string> = {},
  ...args: string[]
): Promise<{ place: Workplace; run: ReturnType<Workplace['start']>; pids: number[] }> {
  const place = await Workplace.create(test, { 'boot/slow.suite.ts': SLOW_SUITE, ...more });
  // A process group of its own, as a terminal gives each command.
  const run = place.startThrough(['setsid'], '--report', 'out', ...args);
  await until('the test to wait', () => existsSync(place.path('waiting')));
  const pids = (await readFile(place.path('pids'), 'utf8')).split(' ').map(Number);
  expect(pids.every(isAlive)).toBe(true);
  return { place, run, pids };
}

function until(what: string, holds: () => boolean): Promise<true> {
  return Deadline.after(120_000, what).poll(() => holds() || undefined, 50);
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe.concurrent('a run that gets', { timeout: 360_000 }, () => {
  it.for(['SIGINT', 'SIGTERM'] as const)('%s cleans up, reports and exits 130', async (signal, context) => {
    const { place, run, pids } = await waiting(context);
    run.kill(signal);
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(await readFile(place.path('cleaned'), 'utf8')).toBe('once');
    expect(stdout).toMatch(/\n0 passed, 0 failed, 1 skipped$/);
    expect((await place.report('out')).verdict).toBe('interrupted');
    await until('worker and child to end', () => !pids.some(isAlive));
  });

  it('SIGTERM for the whole process group cleans up, reports and exits 130', async (context) => {
    const { place, run } = await waiting(context);
    process.kill(-(run.pid ?? NaN), 'SIGTERM');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(await readFile(place.path('cleaned'), 'utf8')).toBe('once');
    expect(stdout).toMatch(/\n0 passed, 0 failed, 1 skipped$/);
  });

  it('SIGTERM in a worker whose results are on their way loses none of them', async (context) => {
    const suite = `
      afterAll(() => process.kill(process.pid, 'SIGTERM'));
      test('passes', () => undefined);
    `;
    const place = await Workplace.create(context, { 'boot/quick.suite.ts': suite });
    expect(await place.run()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\n1 passed, 0 failed$/) as unknown,
    });
  });

  it('SIGINT with two files at once cleans up both', async (context) => {
    const other = SLOW_SUITE.replace(/'(pids|cleaned|waiting)'/g, "'other-$1'");
    const { place, run } = await waiting(context, { 'boot/other.suite.ts': other }, '--jobs', '2');
    await until('the other test to wait', () => existsSync(place.path('other-waiting')));
    run.kill('SIGINT');
    expect((await run).exitCode).toBe(130);
    for (const file of ['cleaned', 'other-cleaned'])
      expect(await readFile(place.path(file), 'utf8')).toBe('once');
  });

  it('SIGINT in a suite ends although unit tests ran before', { timeout: 360_000 }, async (context) => {
    const unit = { '../unit.test.ts': `test('one is one', () => expect(1).toBe(1));` };
    const { run } = await waiting(context, unit);
    run.kill('SIGINT');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/\n1 passed, 0 failed, 1 skipped$/);
  });

  it('SIGKILL leaves no process behind', async (context) => {
    const { run, pids } = await waiting(context);
    run.kill('SIGKILL');
    await run;
    await until('worker and child to end', () => !pids.some(isAlive));
  });

  it('a second signal stops at once', async (context) => {
    const { run, pids } = await waiting(context);
    run.kill('SIGSTOP');
    run.kill('SIGINT');
    run.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 600));
    run.kill('SIGINT');
    expect((await run).exitCode).toBe(130);
    await until('worker and child to end', () => !pids.some(isAlive));
  });
});
