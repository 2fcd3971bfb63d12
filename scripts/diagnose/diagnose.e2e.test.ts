import { execa } from 'execa';
import { expect, test } from 'vitest';

const run = (args: readonly string[], input = '') =>
  execa(process.execPath, ['--import', 'tsx', 'scripts/diagnose.ts', ...args], { input, reject: false });

test('reads a pipe, and its exit code says whether it is bad', async () => {
  const bad = await run(['--json', '-'], 'Kernel panic - not syncing: it\n');
  expect(bad.exitCode).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ file: '-', symptoms: [{ title: 'kernel panic: it' }] });
  const good = await run(['-'], 'all is well\n');
  expect(good).toMatchObject({ exitCode: 0, stdout: '-: nothing found' });
});

test.each([
  [[], /No file is given/],
  [['-', '-'], /given twice/],
  [['/nowhere/some.log'], /can't be read/],
  [['--jsn', '-'], /--json/],
])('wrong use: %j', async (args, message) => {
  const { exitCode, stderr } = await run(args);
  expect(exitCode).toBe(64);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/Usage: npm run diagnose/);
});
