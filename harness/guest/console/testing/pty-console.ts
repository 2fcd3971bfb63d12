import { onTestFinished } from 'vitest';

import { scratchDirectory } from '../../../util/testing/scratch.ts';
import { Deadlines } from '../../../qemu/deadlines.ts';
import { pipePeer, type PipePeer } from '../../../qemu/testing/pipe-peer.ts';
import { Deadline } from '../../../util/deadline.ts';
import { Console } from '../console.ts';

export const soon = (ms = 60_000): Deadline => Deadline.after(ms, 'the shell in a terminal');

interface ScriptedConsole {
  readonly console: Console;
  /** The guest's end. */
  readonly guest: PipePeer;
}

/** A console over real pipes. */
export async function pipeConsole(): Promise<ScriptedConsole> {
  const scratch = await scratchDirectory();
  const guest = await pipePeer(scratch('console'));
  const deadlines = new Deadlines('the shell in a terminal', 1);
  const options = { log: scratch('console.log'), now: () => 0, deadlines };
  const console = Console.connect(scratch('console'), options);
  onTestFinished(async () => {
    await console[Symbol.asyncDispose]();
  });
  return { console, guest };
}

/** A console behind which a program runs in a terminal of 80 columns, as a getty does behind a serial port. */
export async function terminalConsole(program: string, args: readonly string[]): Promise<Console> {
  const { spawn } = await import('node-pty');
  const { console, guest } = await pipeConsole();
  const env = { PATH: process.env['PATH'] ?? '', TERM: 'vt220', HOME: '/nowhere' };
  const terminal = spawn(program, [...args], { cols: 80, rows: 24, env, encoding: null, cwd: '/' });
  terminal.onData((bytes) => {
    guest.say(bytes);
  });
  guest.heard.on('data', (bytes: Buffer) => {
    terminal.write(bytes);
  });
  const exited = new Promise((resolve) => terminal.onExit(resolve));
  onTestFinished(async () => {
    terminal.kill('SIGKILL');
    await exited;
  });
  return console;
}
