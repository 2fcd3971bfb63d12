import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

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

describe('two runs with one --report', { timeout: 120_000 }, () => {
  it('exclude each other, until the first one ends', async (context) => {
    const place = await Workplace.create(context, { 'boot/a.suite.ts': WAITING });
    const first = place.start('--report', 'out');
    await Deadline.after(40_000, 'the first run').poll(
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

it('--report is checked before the unit tests', { timeout: 60_000 }, async (context) => {
  const place = await Workplace.create(context, {
    'boot/a.suite.ts': WAITING,
    '../unit.test.ts': `test('is not reached', () => { throw new Error('reached'); });`,
  });
  const { exitCode, stdout, stderr } = await place.run('--report', '/proc/nowhere');
  expect(stderr).toContain('Cannot make the directory /proc/nowhere: ENOENT');
  expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: '' });
});
