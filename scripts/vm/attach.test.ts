import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

import { pipePeer } from '../../harness/qemu/testing/pipe-peer.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';
import { Deadline } from '../../harness/util/deadline.ts';

const pty = await import('node-pty').catch(() => undefined);

const PROGRAM = fileURLToPath(new URL('testing/attached.ts', import.meta.url));
const CTRL_C = '\u0003';
const LEAVE = '\u001d';

test.skipIf(pty === undefined)('a terminal is raw while attached, and restored by Ctrl-]', async () => {
  if (pty === undefined) return;
  const scratch = await scratchDirectory();
  const guest = await pipePeer(scratch('console'));
  const args = ['--import', import.meta.resolve('tsx'), PROGRAM, scratch('console'), scratch('log')];
  const terminal = pty.spawn(process.execPath, args, {});
  const exited = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      resolve(exitCode);
    });
  });
  onTestFinished(async () => {
    terminal.kill('SIGKILL');
    await exited;
  });
  let [shown, typed] = ['', ''];
  terminal.onData((text) => (shown += text));
  guest.heard.on('data', (bytes: Buffer) => (typed += bytes.toString()));

  guest.say('login: ');
  await eventually(/attached[^]*login: /, () => shown);
  terminal.write(`root${CTRL_C}`);
  await eventually(/^root.$/s, () => typed);
  terminal.write(LEAVE);
  await eventually(/detached/, () => shown);
  // Neither echoed by the terminal nor turned into a signal.
  expect(shown).not.toContain('root');

  terminal.write('echoed\r');
  await eventually(/echoed[^]*got a line/, () => shown);
  expect(typed).toBe(`root${CTRL_C}`);
  expect(await exited).toBe(0);
});

async function eventually(pattern: RegExp, read: () => string): Promise<void> {
  const deadline = Deadline.after(60_000, `${String(pattern)} to be shown`);
  await deadline.poll(() => (pattern.test(read()) ? true : undefined), 20, read);
}
