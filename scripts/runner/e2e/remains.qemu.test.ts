import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { readRange } from '../../../harness/disk/disk-io.ts';
import { which } from '../../../harness/process/which.ts';
import { pty, TerminalProgram, vmCommand } from '../../vm/testing/command-lines.ts';
import { ownSuite } from './testing/own-suite.ts';

const qemu = await which('qemu-system-x86_64');
const LEAVE = '\u001d';

test.skipIf(qemu === undefined || pty === undefined)(
  'a machine of a failed test is left in the report, and can be entered',
  { timeout: 900_000 },
  async () => {
    const { args, report } = await ownSuite(`
      test('fails', async ({ machines }) => {
        await using machine = await machines.assemble();
        await writeRange(machine.disk, 2 ** 20, Buffer.from('left'));
        throw new Error('no');
      });
      test('passes', async ({ machines }) => {
        await using machine = await machines.assemble();
      });
    `);
    const env = { NO_COLOR: '1' };
    const { stdout } = await execa(process.execPath, args, { reject: false, stdin: 'ignore', env });
    const [, from = ''] = /enter it as it was left: npm run vm -- --from (\S+)/.exec(stdout) ?? [];
    expect(from, stdout).toMatch(/report\/own-all-.*-1$/);
    // That of the test that passed is gone.
    const [machine = '', ...others] = await readdir(join(report, 'vms'));
    expect(others).toEqual([]);
    const kept = { path: join(report, 'vms', machine, 'disk0.qcow2'), format: 'qcow2' } as const;
    expect((await readRange(kept, 2 ** 20, 4)).toString()).toBe('left');

    const terminal = new TerminalProgram(vmCommand('--from', join(report, machine)));
    await terminal.shows(/BdsDxe|UEFI/);
    terminal.type(LEAVE);
    await terminal.shows(/once more/);
    terminal.type(LEAVE);
    expect(await terminal.exited).toBe(0);

    const refused = await execa(process.execPath, vmCommand('--from', report, '--cpus', '2'), {
      reject: false,
    });
    expect(refused.stderr).toMatch(/--from and --cpus exclude each other/);
  },
);

test.skipIf(qemu === undefined)(
  'of many machines that a test has ended, the last ones are left',
  { timeout: 900_000 },
  async () => {
    const { args, report } = await ownSuite(`
      test('fails at last', async ({ machines }) => {
        let run;
        for (let count = 0; count < 6; count += 1) {
          await using machine = await machines.assemble();
          run = dirname(machine.directory.path);
        }
        expect(readdirSync(run)).toEqual([]);
        throw new Error('all ended');
      });
    `);
    const { stdout } = await execa(process.execPath, args, { reject: false, stdin: 'ignore' });
    expect(stdout).toContain('Error: all ended');
    expect(stdout).toMatch(/note {2}the disks of own-all-\S+-1 are not kept: its test started 4 more/);
    const kept = await Promise.all(
      (await readdir(join(report, 'vms'))).sort().map((vm) => readdir(join(report, 'vms', vm))),
    );
    const whole = expect.arrayContaining(['disk0.qcow2', 'remains.json']) as unknown;
    const described = ['machine.json'];
    expect(kept).toEqual([described, described, whole, whole, whole, whole]);
  },
);
