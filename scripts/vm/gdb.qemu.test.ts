import { existsSync } from 'node:fs';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { which } from '../../harness/process/which.ts';
import { bootCommand, pty, runVm, TerminalProgram } from './testing/command-lines.ts';

const gdb = await which('gdb');
const missing = [await which('qemu-system-x86_64'), gdb, pty].includes(undefined);

test.skipIf(missing)(
  'a debugger is waited for at the first instruction (needs gdb)',
  { timeout: 600_000 },
  async () => {
    const terminal = new TerminalProgram(await bootCommand('--gdb'));
    const [, name = '', directory = ''] = await terminal.shows(/machine (\S+): (\S+)/);
    const [, socket = ''] = await terminal.shows(/'target remote (\S+)'/);
    await terminal.shows(/No vmlinux of this kernel is known/);
    expect((await runVm('list')).stdout).toContain(`${name}  prelaunch`);
    expect(terminal.shown).not.toMatch(/BdsDxe|UEFI/);
    const commands = [`target remote ${socket}`, 'info registers rip', 'detach'].flatMap((line) => [
      '-ex',
      line,
    ]);
    const { stdout } = await execa(String(gdb), ['-nx', '-batch', ...commands], {
      reject: false,
      stdin: 'ignore',
    });
    expect(stdout).toMatch(/rip\s+0xfff0/);
    await terminal.shows(/BdsDxe|UEFI/);
    expect((await runVm('power-cut', name)).exitCode).toBe(0);
    expect(await terminal.exited).toBe(0);
    expect(existsSync(directory)).toBe(false);
  },
);
