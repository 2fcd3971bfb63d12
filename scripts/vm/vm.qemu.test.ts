import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { Deadline } from '../../harness/util/deadline.ts';
import { which } from '../../harness/process/which.ts';
import { bootCommand, pty, runVm, TerminalProgram } from './testing/command-lines.ts';

const qemu = await which('qemu-system-x86_64');

const LIMIT = { timeout: 360_000 };
const LEAVE = '\u001d';

describe.skipIf(qemu === undefined)('npm run vm (needs qemu-system-x86_64)', () => {
  test.skipIf(pty === undefined)(
    'on a terminal: shows the console, types, leaves by Ctrl-]',
    LIMIT,
    async () => {
      const terminal = new TerminalProgram(await bootCommand());
      await terminal.shows(/BdsDxe|UEFI/);
      const [, directory = ''] = await terminal.shows(/machine \S+: (\S+)/);
      expect(existsSync(directory)).toBe(true);
      terminal.type(LEAVE);
      await terminal.shows(/Ctrl-\] once more cuts the power/);
      terminal.type(LEAVE);
      expect(await terminal.exited).toBe(0);
      expect(existsSync(directory)).toBe(false);
    },
  );

  test('without a terminal: streams the console; SIGTERM ends all of it with 130', LIMIT, async () => {
    const subprocess = execa(process.execPath, await bootCommand(), { reject: false, stdin: 'ignore' });
    let shown = '';
    subprocess.stdout.on('data', (bytes: Buffer) => (shown += bytes.toString()));
    let notices = '';
    subprocess.stderr.on('data', (bytes: Buffer) => (notices += bytes.toString()));
    await eventually(/BdsDxe|UEFI/, () => shown + notices);
    const directory = /machine \S+: (\S+)/.exec(notices)?.[1] ?? '';
    expect(existsSync(directory)).toBe(true);
    subprocess.kill('SIGTERM');
    await once(subprocess, 'exit');
    expect((await subprocess).exitCode).toBe(130);
    expect(existsSync(directory)).toBe(false);
  });

  test.each([
    [
      'an unknown mode of the network',
      ['--network', 'bridged'],
      /--network must be user or none, not "bridged"/,
    ],
    ['an image that is not there', ['--image', '/nowhere'], /Cannot read an image at "\/nowhere"/],
    ['a size that is no number', ['--cpus', 'many'], /--cpus must be a whole number from 1 on, not "many"/],
    ['user-data that is not there', ['--user-data', '/nowhere'], /Cannot read the user-data: ENOENT/],
  ])('%s is wrong use', LIMIT, async (_what, args, message) => {
    const result = await runVm(...args);
    expect(result.exitCode).toBe(64);
    expect(result.stderr).toMatch(message);
  });
});

async function eventually(pattern: RegExp, read: () => string): Promise<void> {
  const deadline = Deadline.after(120_000, `${String(pattern)} to be shown`);
  await deadline.poll(() => (pattern.test(read()) ? true : undefined), 50, read);
}
