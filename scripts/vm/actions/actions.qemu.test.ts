import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { which } from '../../../harness/process/which.ts';
import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { bootCommand, pty, runVm, TerminalProgram, vmCommand } from '../testing/command-lines.ts';

const qemu = await which('qemu-system-x86_64');
const LEAVE = '\u001d';
const LIMIT = { timeout: 600_000 };

/** A machine that another terminal holds. */
async function holder(...more: readonly string[]) {
  const terminal = new TerminalProgram(await bootCommand(...more));
  await terminal.shows(/BdsDxe|UEFI/);
  const [, name = '', directory = ''] = await terminal.shows(/machine (\S+): (\S+)/);
  return { terminal, name, directory };
}

describe.skipIf(qemu === undefined || pty === undefined)('a machine in another terminal (needs qemu)', () => {
  test('is listed, entered, pictured, forked, and loses its power', LIMIT, async () => {
    const { terminal, name, directory } = await holder('--display');
    expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600);
    expect((await runVm('list')).stdout).toMatch(new RegExp(`^${name}  running  x86_64  .*disk\\.img$`, 'm'));

    const visitor = new TerminalProgram(vmCommand('console', name));
    await visitor.shows(/Ctrl-\] leaves it[^]*(?:BdsDxe|UEFI)/);
    visitor.type(LEAVE);
    await visitor.shows(/left \S+/);
    expect(await visitor.exited).toBe(0);

    const scratch = await scratchDirectory();
    const pictured = await runVm('screenshot', name, scratch('a.png'));
    expect(pictured.stderr).toBe('');
    expect(readFileSync(scratch('a.png')).subarray(1, 4).toString()).toBe('PNG');

    const refused = await runVm('exec', name, '--', 'uname', '-r');
    expect(refused.stderr).toMatch(/error: .* has neither a guest agent nor a login[^]*--container/);
    expect(refused.exitCode).toBe(64);
    const unknown = await runVm('stop', 'vm-nobody');
    expect(unknown.stderr).toMatch(/error: No machine "vm-nobody" runs\. These run: .*/);
    expect(unknown.stderr).toContain(name);
    expect(unknown.exitCode).toBe(64);

    expect((await runVm('checkpoint', name)).stdout).toBe(`checkpoints of ${name}: 1`);
    const { stdout: fork } = await runVm('fork', name);
    expect((await runVm('list')).stdout).toContain(`${fork}  running`);
    expect((await runVm('power-cut', fork)).stdout).toBe(`${fork} has lost its power.`);
    expect((await runVm('list')).stdout).not.toContain(fork);

    expect((await runVm('power-cut', name)).stdout).toBe(`${name} has lost its power.`);
    expect(await terminal.exited).toBe(0);
    expect(existsSync(dirname(directory))).toBe(false);
  });

  test('that is stopped waits for its guest, until Ctrl-]', LIMIT, async () => {
    const { terminal, name, directory } = await holder();
    const stopping = runVm('stop', name);
    await terminal.shows(/Ctrl-\] once more cuts the power/);
    terminal.type(`${LEAVE}${LEAVE}`);
    terminal.type(LEAVE);
    expect(await terminal.exited).toBe(0);
    expect((await stopping).stdout).toBe(`${name} is stopped.`);
    expect(existsSync(directory)).toBe(false);
  });

  test('whose holder was killed is no more, and is swept', LIMIT, async () => {
    const { terminal, name, directory } = await holder();
    terminal.kill('SIGKILL');
    await terminal.exited;
    expect(existsSync(directory)).toBe(true);
    expect((await runVm('stop', name)).stderr).toContain(`No machine "${name}" runs.`);
    const { terminal: next } = await holder();
    expect(existsSync(directory)).toBe(false);
    const sockets = readdirSync(dirname(dirname(directory)));
    expect(sockets.some((entry) => directory.includes(entry.replace('.lock', '')))).toBe(false);
    next.type(LEAVE);
    await next.shows(/once more/);
    next.type(LEAVE);
    expect(await next.exited).toBe(0);
  });
});
