import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { scratchDirectory } from '../util/testing/scratch.ts';
import { keepDirectory, makeRunRoot, sweep } from './run-root.ts';

/** A process number that certainly no process has: its owner has ended and been waited for. */
async function deadPid(): Promise<number> {
  const subprocess = execa('true');
  await subprocess;
  return subprocess.pid ?? 0;
}

test('a run writes down who it is', async () => {
  const scratch = await scratchDirectory();
  const run = await makeRunRoot(scratch('base'));
  expect(dirname(run)).toBe(scratch('base'));
  expect(await readFile(`${run}/owner.pid`, 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+\\n$`));
});

test('runs whose process is dead are swept, others stay', async () => {
  const scratch = await scratchDirectory();
  const mine = await makeRunRoot(scratch('base'));
  const dead = await deadPid();
  for (const name of [`run-${dead}-AAAAAA`, `run-${process.pid}-BBBBBB`, `run-1-CCCCCC`, 'something']) {
    mkdirSync(scratch(`base/${name}/vm-1`), { recursive: true });
  }
  // The number of this process, but of an earlier one that had it.
  writeFileSync(scratch(`base/run-${process.pid}-BBBBBB/owner.pid`), `${process.pid} 1\n`);
  sweep(scratch('base'));
  expect(readdirSync(scratch('base')).sort()).toEqual(
    ['run-1-CCCCCC', 'something', mine.slice(scratch('base/').length)].sort(),
  );
});

test('a machine that was kept outlives the sweep, its neighbours do not', async () => {
  const scratch = await scratchDirectory();
  mkdirSync(scratch('base'), { mode: 0o700 });
  const run = scratch(`base/run-${await deadPid()}-AAAAAA`);
  mkdirSync(`${run}/vm-1`, { recursive: true });
  mkdirSync(`${run}/vm-2`);
  keepDirectory(`${run}/vm-1`);
  await makeRunRoot(scratch('base'));
  expect(existsSync(`${run}/vm-1`)).toBe(true);
  expect(existsSync(`${run}/vm-2`)).toBe(false);
});

test('a link that another user put in its place is refused', async () => {
  const scratch = await scratchDirectory();
  mkdirSync(scratch('elsewhere'));
  symlinkSync(scratch('elsewhere'), scratch('base'));
  await expect(makeRunRoot(scratch('base'))).rejects.toThrow(/belongs to another user, or is no directory/);
});
