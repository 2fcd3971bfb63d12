import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { makeRunRoot } from '../../process/run-root.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { otherProcess } from '../../util/testing/other-process.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { findMachine, runningMachines } from './find.ts';

const NOBODY = 65_534;
const LIVE_RUN = join(import.meta.dirname, '../../process/testing/live-run.ts');

function controlled(run: string, ...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(run, name), { recursive: true });
    writeFileSync(join(run, name, 'control.sock'), '');
  }
}

test('machines are found in runs that live, and no others', async () => {
  const scratch = await scratchDirectory();
  const other = await otherProcess(LIVE_RUN, { env: { TMPDIR: scratch('.') } });
  const base = dirname(other.said);
  controlled(other.said, 'vm-2');
  controlled(await makeRunRoot(base), 'vm-1');
  controlled(join(base, 'run-00000000dead'), 'vm-3');
  controlled(join(base, 'elsewhere'), 'vm-4');
  // The other run's vm-1 can't be controlled.
  expect((await runningMachines(base)).map(({ name }) => name)).toEqual(['vm-1', 'vm-2']);
  await other.kill();
  expect((await runningMachines(base)).map(({ name }) => name)).toEqual(['vm-1']);
});

test('a directory that others can write to is refused', async () => {
  const scratch = await scratchDirectory();
  mkdirSync(scratch('base'));
  chmodSync(scratch('base'), 0o777);
  await expect(runningMachines(scratch('base'))).rejects.toThrow(/is open to other users \(mode 777\)/);
});

test('a link, or a directory of another user, is refused', async () => {
  const scratch = await scratchDirectory();
  controlled(await makeRunRoot(scratch('own')), 'vm-1');
  symlinkSync(scratch('own'), scratch('link'));
  await expect(findMachine(undefined, scratch('link'))).rejects.toThrow(/or is no directory/);
  writeFileSync(scratch('file'), '');
  await expect(findMachine(undefined, scratch('file'))).rejects.toThrow(InfrastructureError);
  // Only root can give one away.
  if (userInfo().uid !== 0) return;
  chownSync(scratch('own'), NOBODY, NOBODY);
  await expect(findMachine(undefined, scratch('own'))).rejects.toThrow(/belongs to another user/);
  await expect(makeRunRoot(scratch('own'))).rejects.toThrow(/belongs to another user/);
});

test('a name that is none is told which there are', async () => {
  const scratch = await scratchDirectory();
  const run = await makeRunRoot(scratch('base'));
  const base = scratch('base');
  await expect(findMachine(undefined, base)).rejects.toThrow('No machine runs that can be controlled.');
  controlled(run, 'vm-1');
  expect((await findMachine(undefined, base)).name).toBe('vm-1');
  controlled(run, 'vm-2');
  expect((await findMachine('vm-2', base)).controlSocket).toBe(join(run, 'vm-2/control.sock'));
  await expect(findMachine(undefined, base)).rejects.toThrow('Which one? These run: vm-1, vm-2.');
  await expect(findMachine('vm-3', base)).rejects.toThrow('No machine "vm-3" runs. These run: vm-1, vm-2.');
  await expect(findMachine('../vm-1', base)).rejects.toThrow(/No machine "\.\.\/vm-1" runs/);
});
