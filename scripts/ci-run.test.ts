import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { expect, it } from 'vitest';

import { scratchDirectory } from '../harness/util/testing/scratch.ts';

const CI_RUN = join(import.meta.dirname, '../.ci/run');
const PLAN = [
  'npm run gate',
  'npm test -- --suite boot/a --report reports/x/one',
  `npm test -- --image "$(npm run image)" --report reports/x/two`,
];

/** `.ci/run` in a checkout whose set-up does nothing, with an npm that notes how it is called. */
async function ciRun(cases: string) {
  const scratch = await scratchDirectory();
  for (const directory of ['.ci', 'scripts', 'bin']) await mkdir(scratch(directory));
  await copyFile(CI_RUN, scratch('.ci/run'));
  await program(scratch('scripts/setup'), 'echo "set up"');
  await writeFile(scratch('plan'), PLAN.map((line) => `${line}\n`).join(''));
  await program(scratch('bin/npm'), `echo "$*" >>calls\ncase "$*" in\n${cases}\nesac`);
  const { exitCode, stdout, stderr } = await execa(scratch('.ci/run'), {
    // These tests may be run by it.
    env: { HOTFIRE_CI_LIMITED: '', PATH: `${scratch('bin')}:${process.env['PATH'] ?? ''}` },
    reject: false,
  });
  const calls = (await readFile(scratch('calls'), 'utf8')).trim().split('\n');
  return { exitCode, stdout, stderr, calls };
}

async function program(path: string, body: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

const PLANS = `"run --silent plan -- --kind pull-request --commands") cat plan ;;`;
const TESTS = `
  'run image') echo 'a disk' ;;
  *one) printf 'boot/a.suite.ts  x\\n  ok    fine  3 s\\n  .... still\\n2 passed, 0 failed, 1 skipped\\n' ;;
  *two) printf '3 passed, 0 failed\\n' ;;`;

it('CI runs what the plan says, stage by stage, and closes with the count of all', async () => {
  const { exitCode, stdout, calls } = await ciRun(`${PLANS}${TESTS}`);
  expect(calls).toEqual([
    'run --silent plan -- --kind pull-request --commands',
    'run gate',
    'test -- --suite boot/a --report reports/x/one',
    'run image',
    'test -- --image a disk --report reports/x/two',
  ]);
  const stages = Array.from(stdout.matchAll(/^== (.*) \(\d+ s since the start\)$/gm), ([, name]) => name);
  expect(stages).toEqual(['set-up', 'plan', 'npm run gate', 'tests: one', 'tests: two']);
  expect(stdout).toMatch(/\n== slowest files\n +3 s {2}boot\/a\.suite\.ts\n5 passed, 0 failed, 1 skipped$/);
  expect(stdout).not.toContain('still');
  expect(exitCode).toBe(0);
});

it('CI closes with the failures of unit tests as vitest shows them', async () => {
  const failure = String.raw`printf '\033[41m\033[1m FAIL \033[22m\033[49m x.test.ts > one\n' >&2; exit 1`;
  const { stdout } = await ciRun(`${PLANS}\n'run gate') ${failure} ;;`);
  expect(stdout).toMatch(/== slowest files\n FAIL {2}x\.test\.ts > one\n0 passed, 0 failed$/);
});

it.each([
  ['plan', '*plan*) exit 64 ;;', 64, 1],
  ['npm run gate', `${PLANS}\n'run gate') exit 69 ;;`, 69, 2],
  ['tests: one', `${PLANS}\n*one) echo '1 passed, 1 failed'; exit 1 ;;`, 1, 3],
])('CI ends with the stage %s that failed', async (name, cases, code, calls) => {
  const run = await ciRun(cases);
  expect(run.stderr).toContain(`== ${name}: failed with exit code ${code} after`);
  expect(run.stdout).toMatch(code === 1 ? /\n1 passed, 1 failed$/ : /\n0 passed, 0 failed$/);
  expect({ exitCode: run.exitCode, calls: run.calls.length }).toEqual({ exitCode: code, calls });
});
