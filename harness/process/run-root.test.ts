import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { needPidNamespace, NEW_PID_NAMESPACE } from '../util/testing/namespace.ts';
import { otherProcess } from '../util/testing/other-process.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { isRunAlive, keepDirectory, makeRunRoot, sweep } from './run-root.ts';

const LIVE_RUN = join(import.meta.dirname, 'testing/live-run.ts');
const DEAD = 'run-00000000dead';

test('a run lives as long as its process', async () => {
  const scratch = await scratchDirectory();
  const run = await makeRunRoot(scratch('base'));
  expect(dirname(run)).toBe(scratch('base'));
  expect(await isRunAlive(basename(run), scratch('base'))).toBe(true);
  expect(await isRunAlive(DEAD, scratch('base'))).toBe(false);
});

test('runs whose process is dead are swept, others stay', async () => {
  const scratch = await scratchDirectory();
  const mine = await makeRunRoot(scratch('base'));
  mkdirSync(join(mine, 'vm-1'));
  mkdirSync(scratch(`base/${DEAD}/vm-1`), { recursive: true });
  mkdirSync(scratch('base/something'));
  writeFileSync(scratch('base/run-00000000f00d.lock'), '');
  await sweep(scratch('base'));
  expect(readdirSync(scratch('base')).sort()).toEqual(
    [basename(mine), `${basename(mine)}.lock`, 'something'].sort(),
  );
  expect(readdirSync(mine)).toEqual(['vm-1']);
});

test('a run that was killed is swept by the next one', async () => {
  const scratch = await scratchDirectory();
  const killed = await otherProcess(LIVE_RUN, { env: { TMPDIR: scratch('.') } });
  const base = dirname(killed.said);
  killed.signal('SIGSTOP');
  await sweep(base);
  expect(existsSync(killed.said)).toBe(true);
  await killed.kill();
  const next = await makeRunRoot(base);
  expect(readdirSync(base).sort()).toEqual([basename(next), `${basename(next)}.lock`]);
});

test('runs of different process namespaces leave each other alone', async ({ skip }) => {
  await needPidNamespace(skip);
  const scratch = await scratchDirectory();
  const env = { TMPDIR: scratch('.') };
  const outer = await otherProcess(LIVE_RUN, { env });
  const inner = await otherProcess(LIVE_RUN, { env, wrapper: NEW_PID_NAMESPACE });
  const last = await otherProcess(LIVE_RUN, { env });
  for (const { said } of [outer, inner, last]) expect(readdirSync(said)).toContain('vm-1');
  await inner.kill();
  await expect
    .poll(async () => (await sweep(dirname(inner.said)), existsSync(inner.said)), { timeout: 5000 })
    .toBe(false);
  expect(existsSync(outer.said)).toBe(true);
});

test('a run that ends takes its directory and its lock with it', async () => {
  const scratch = await scratchDirectory();
  const script = scratch('run.mts');
  const module = join(import.meta.dirname, 'run-root.ts');
  writeFileSync(script, `import { runRoot } from ${JSON.stringify(module)}; console.log(await runRoot());`);
  const ended = await otherProcess(script, { env: { TMPDIR: scratch('.') } });
  await expect.poll(() => readdirSync(dirname(ended.said)), { timeout: 5000 }).toEqual([]);
});

test('a machine that was kept outlives the sweep, its neighbours do not', async () => {
  const scratch = await scratchDirectory();
  mkdirSync(scratch('base'), { mode: 0o700 });
  const run = scratch(`base/${DEAD}`);
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
