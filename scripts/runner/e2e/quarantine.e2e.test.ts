import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { hostArchitecture } from '../../../harness/util/architecture.ts';
import { Workplace } from './testing/workplace.ts';

const SUITE = `test('works', () => undefined); test('is flaky', () => { throw new Error('now and then'); });`;

it('a quarantined failure is a warning until it expires', { timeout: 360_000 }, async (context) => {
  const place = await Workplace.create(context, { 'boot/a.suite.ts': SUITE });
  await mkdir(place.path('ci'));
  const quarantine = (expires: string): Promise<void> =>
    writeFile(
      place.path('ci/quarantine.toml'),
      `[[quarantined]]\ntest = "boot/a: is flaky"\nvariant = "metal-containerd"\narchitecture = "${hostArchitecture()}"
       issue = "#17"\nowner = "Robin"\nexpires = ${expires}\n`,
    );

  await quarantine('"9999-12-31"');
  const { exitCode, stdout } = await place.run('--report', 'out');
  expect(stdout).toMatch(/\n {2}warn {2}is flaky: failed, quarantined until 9999-12-31 \(Robin, #17\)/);
  expect(stdout).toMatch(/\nwarning: boot\/a\.suite\.ts on .*: is flaky: failed, quarantined until/);
  expect(stdout).toMatch(/\n1 passed, 0 failed, 1 skipped$/);
  expect(exitCode).toBe(0);
  const { verdict, tests } = await place.report('out');
  expect(verdict).toBe('passed');
  expect(tests[1]).toMatchObject({ state: 'failed', quarantine: { issue: '#17' } });
  expect(await readFile(place.path('out/junit.xml'), 'utf8')).not.toContain('<failure');

  await quarantine('"2001-01-01"');
  const late = await place.run('--report', 'out');
  expect(late.stdout).toMatch(/FAIL {2}the quarantine of "boot\/a: is flaky" is in force and used/);
  expect(late.stdout).toMatch(/\n1 passed, 2 failed$/);
  expect(late.exitCode).toBe(1);

  await quarantine('soon');
  const wrong = await place.run('--report', 'out');
  expect(wrong.stderr).toMatch(/^error: ci\/quarantine\.toml:7:/);
  expect(wrong.exitCode).toBe(64);
});
