import { execa } from 'execa';
import { expect, test } from 'vitest';

import { compileProgram, WORK } from '../../harness/image/symbols/testing/program.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';

const run = (args: readonly string[], input = '') =>
  execa(process.execPath, ['--import', 'tsx', 'scripts/diagnose.ts', ...args], { input, reject: false });

test('reads a pipe, and its exit code says whether it is bad', async () => {
  const bad = await run(['--json', '-'], 'Kernel panic - not syncing: it\n');
  expect(bad.exitCode).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ file: '-', symptoms: [{ title: 'kernel panic: it' }] });
  const good = await run(['-'], 'all is well\n');
  expect(good).toMatchObject({ exitCode: 0, stdout: '-: nothing found' });
});

test('with symbols the whole report is shown, with its lines of source', async () => {
  const scratch = await scratchDirectory();
  const { place } = await compileProgram(
    scratch('.'),
    'int main(void) { return 0; }',
    `void two(void) { ${WORK}; }`,
  );
  const fill = Array.from({ length: 10 }, (_, index) => `R${index}: 0`);
  const log = ['Oops: 0002 [#1]', `RIP: 0010:${place('two', 8)}`, ...fill].join('\n');
  const { stdout } = await run(['--symbols', scratch('vmlinux'), '-'], log);
  expect(stdout).toContain(`| RIP: 0010:${place('two', 8)} at two.c:1\n`);
  expect(stdout).toContain('| R9: 0');
});

test.each([
  [[], /No file is given/],
  [['-', '-'], /given twice/],
  [['/nowhere/some.log'], /can't be read/],
  [['--jsn', '-'], /--json/],
  [['--json', '--symbols', 'vmlinux', '-'], /exclude each other/],
  [['--symbols', '/nowhere/vmlinux', '-'], /no such file/],
  [['--symbols', '/usr/bin/true', '-'], /is not an ELF file with symbols/],
])('wrong use: %j', async (args, message) => {
  const { exitCode, stderr } = await run(args);
  expect(exitCode).toBe(64);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/Usage: npm run diagnose/);
});
