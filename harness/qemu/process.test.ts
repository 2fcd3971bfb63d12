import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Deadline } from '../util/deadline.ts';
import { ImageError, InfrastructureError } from '../util/errors.ts';
import { QemuProcess } from './process.ts';

/** Tiny programs of the shell stand in for QEMU: what is tested here is how a process is kept and ended. */
const shell = { path: '/bin/sh' };
const FOREVER = ['-c', 'sleep 1000 & wait'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotfire-process-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const start = (script: string, signal?: AbortSignal): Promise<QemuProcess> =>
  QemuProcess.start(shell, ['-c', script], { directory, ...(signal && { signal }) });

describe('a process', () => {
  it('reports how it ended, with its stderr', async () => {
    await using it = await start('echo to stdout; echo to stderr >&2; exit 3');
    const expected = { code: 3, signal: undefined, intended: false };
    expect(await it.exited).toMatchObject(expected);
    expect(it.exit?.stderrTail.split('\n').sort()).toEqual(['to stderr', 'to stdout']);
    expect(await readFile(join(directory, 'qemu.stderr'), 'utf8')).toContain('to stderr\n');
  });

  it('leaves the exact command, ready for a shell', async () => {
    await using it = await start(': "$0"; true');
    await it.exited;
    expect(await readFile(join(directory, 'qemu.argv'), 'utf8')).toBe(`/bin/sh -c ': "$0"; true'\n`);
  });

  it('dies with its whole group when it is killed', async () => {
    await using it = await QemuProcess.start(shell, FOREVER, { directory });
    await untilGroupHas(it.pid, 2);
    expect(await it.kill()).toMatchObject({ signal: 'SIGKILL', intended: true });
    await untilGroupHas(it.pid, 0);
  });

  it('takes along what it started, however it ends', async () => {
    await using it = await start('sleep 1000 & exit 3');
    expect(await it.exited).toMatchObject({ code: 3, intended: false });
    await untilGroupHas(it.pid, 0);
  });

  it('dies when its signal is aborted', async () => {
    const controller = new AbortController();
    await using it = await start('sleep 1000', controller.signal);
    controller.abort();
    expect(await it.exited).toMatchObject({ signal: 'SIGKILL', intended: true });
  });

  it('that was killed by someone else did not end by intention', async () => {
    await using it = await start('sleep 1000');
    process.kill(it.pid, 'SIGKILL');
    expect(await it.exited).toMatchObject({ signal: 'SIGKILL', intended: false });
  });

  it('that can not be started is the fault of the host', async () => {
    const starting = QemuProcess.start({ path: '/nowhere/qemu' }, [], { directory });
    await using it = await starting;
    await expect(it.whileRunning(new Promise(() => undefined), 'at once')).rejects.toThrow(/\/nowhere\/qemu/);
  });
});

it('on a host without setpriv the error names its package', async () => {
  vi.stubEnv('PATH', directory);
  try {
    const starting = start('true');
    await expect(starting).rejects.toThrow(/setpriv is in the package util-linux/);
    await expect(starting).rejects.toBeInstanceOf(InfrastructureError);
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('waiting while it runs', () => {
  it('gives the value', async () => {
    await using it = await start('sleep 1000');
    expect(await it.whileRunning(Promise.resolve(7), 'while a value was awaited')).toBe(7);
  });

  it('ends with the reason when the process ends first', async () => {
    await using it = await start('echo "No space left on device" >&2; exit 1');
    const waiting = it.whileRunning(new Promise(() => undefined), 'before its QMP answered');
    await expect(waiting).rejects.toThrow(/before its QMP answered[^]*free some space/);
    await expect(waiting).rejects.toBeInstanceOf(InfrastructureError);
  });

  it('prefers the end of the process to what its end brought about', async () => {
    // The symptom counts after a moment's grace, which a busy host can need for a process to end: once is enough.
    await vi.waitFor(async () => {
      await using it = await start('trap "exit 0" TERM; : >"up-$$"; sleep 1000 & wait');
      const up = Deadline.after(60_000, 'the process to begin');
      await up.poll(() => existsSync(join(directory, `up-${it.pid}`)) || undefined, 10);
      const waiting = it.whileRunning(Promise.reject(new Error('connection lost')), 'during the boot');
      process.kill(it.pid, 'SIGTERM');
      await expect(waiting).rejects.toBeInstanceOf(ImageError);
    }, 60_000);
  });

  it('passes a failure on that the process survives', async () => {
    await using it = await start('sleep 1000');
    await expect(it.whileRunning(Promise.reject(new Error('mine')), 'x')).rejects.toThrow('mine');
  });
});

describe('nothing outlives its parent', () => {
  const program = `
    import { QemuProcess } from ${JSON.stringify(join(import.meta.dirname, 'process.ts'))};
    const it = await QemuProcess.start({ path: '/bin/sh' }, ['-c', 'exec sleep 1000'], { directory: process.argv[1] });
    process.stdout.write(String(it.pid));
    setTimeout(() => process.exit(process.argv[2] === 'exit' ? 0 : undefined), process.argv[2] === 'exit' ? 100 : 1e6);
  `;

  it.each([
    ['that exits', 'exit'],
    ['that is killed', 'SIGKILL'],
  ])('%s', async (_title, how) => {
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program, directory, how],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    if (how !== 'exit') parent.kill('SIGKILL');
    await once(parent, 'exit');
    await Deadline.after(60_000, 'the process to die').poll(() => (isAlive(pid) ? undefined : true), 10);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGroupHas(leader: number, count: number): Promise<void> {
  await Deadline.after(60_000, `${count} processes in the group`).poll(async () => {
    const members = await groupMembers(leader);
    return members === count ? true : undefined;
  }, 10);
}

async function groupMembers(leader: number): Promise<number> {
  const ps = spawn('ps', ['-o', 'stat=', '-g', String(leader)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  ps.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  await once(ps, 'close');
  return output.split('\n').filter((stat) => stat !== '' && !stat.startsWith('Z')).length;
}
