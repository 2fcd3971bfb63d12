import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';

import { unbootableDisk } from '../../harness/image/testing/unbootable-disk.ts';
import { Deadline } from '../../harness/util/deadline.ts';
import { which } from '../../harness/process/which.ts';

const qemu = await which('qemu-system-x86_64');
const pty = await import('node-pty').catch(() => undefined);

const CLI = [import.meta.resolve('tsx'), fileURLToPath(new URL('../vm.ts', import.meta.url))] as const;
const LIMIT = { timeout: 360_000 };

/** `npm run vm` with a disk on which the firmware finds nothing to boot. */
async function commandLine(): Promise<string[]> {
  return ['--import', ...CLI, '--image', await unbootableDisk(), '--memory-mib', '256', '--cpus', '1'];
}

describe.skipIf(qemu === undefined)('npm run vm (needs qemu-system-x86_64)', () => {
  test.skipIf(pty === undefined)(
    'on a terminal: shows the console, types, leaves by Ctrl-]',
    LIMIT,
    async () => {
      const terminal = pty?.spawn(process.execPath, await commandLine(), { cols: 120, rows: 40 });
      if (terminal === undefined) return;
      let shown = '';
      terminal.onData((text) => (shown += text));
      const exited = new Promise<number>((resolve) => {
        terminal.onExit(({ exitCode }) => {
          resolve(exitCode);
        });
      });
      onTestFinished(() => {
        terminal.kill('SIGKILL');
      });
      await eventually(/BdsDxe|UEFI/, () => shown);
      const directory = /machine \S+: (\S+)/.exec(shown)?.[1] ?? '';
      expect(existsSync(directory)).toBe(true);
      terminal.write('\u001d');
      await eventually(/Ctrl-\] once more cuts the power/, () => shown);
      terminal.write('\u001d');
      expect(await exited).toBe(0);
      expect(existsSync(directory)).toBe(false);
    },
  );

  test('without a terminal: streams the console; SIGTERM ends all of it with 130', LIMIT, async () => {
    const subprocess = execa(process.execPath, await commandLine(), { reject: false, stdin: 'ignore' });
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
    const result = await execa(process.execPath, ['--import', ...CLI, ...args], { reject: false });
    expect(result.exitCode).toBe(64);
    expect(result.stderr).toMatch(message);
  });
});

async function eventually(pattern: RegExp, read: () => string): Promise<void> {
  const deadline = Deadline.after(120_000, `${String(pattern)} to be shown`);
  await deadline.poll(() => (pattern.test(read()) ? true : undefined), 50, read);
}
