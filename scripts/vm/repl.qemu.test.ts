import { existsSync } from 'node:fs';

import { expect, test } from 'vitest';

import { which } from '../../harness/process/which.ts';
import { bootCommand, pty, TerminalProgram } from './testing/command-lines.ts';

const qemu = await which('qemu-system-x86_64');

test.skipIf(qemu === undefined || pty === undefined)(
  'a prompt has the objects of tests, awaits, and completes',
  { timeout: 600_000 },
  async () => {
    const terminal = new TerminalProgram(await bootCommand('--repl'));
    const [, directory = ''] = await terminal.shows(/machine \S+: (\S+)[^]*> /);
    terminal.type('(await vm.console.waitFor(/BdsDxe|UEFI/)).text.length > 3\r');
    await terminal.shows(/\btrue\b/);
    terminal.type("(await vm.qmp.execute('query-status', undefined, Deadline.after(9000, 'QMP'))).status\r");
    await terminal.shows(/'running'/);
    terminal.type('api.settin\t');
    await terminal.shows(/api\.settings/);
    terminal.type('.name\r');
    terminal.type('vm.waitForFa\t');
    await terminal.shows(/vm\.waitForFailure/);
    terminal.type('\u0003\r');
    // A call that fails, and that nobody awaits, does not end it.
    terminal.type("void api.os({ deadline: Deadline.after(1, 'nothing') })\r");
    await terminal.shows(/Uncaught WaitTimeoutError: Timed out after 1 ms waiting for nothing/);
    terminal.type('typeof api.tx.commit\r');
    await terminal.shows(/'function'/);
    terminal.type('await vm.powerCut()\r');
    expect(await terminal.exited).toBe(0);
    expect(existsSync(directory)).toBe(false);
  },
);
