import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

import { scratchDirectory } from '../../../util/testing/scratch.ts';
import { Deadlines } from '../../../qemu/deadlines.ts';
import { Deadline } from '../../../util/deadline.ts';
import { Console } from '../console.ts';

export const soon = (ms = 60_000): Deadline => Deadline.after(ms, 'the shell in a terminal');

interface ScriptedConsole {
  readonly console: Console;
  /** The guest's end. */
  readonly guest: Socket;
}

/** A console over a real socket. */
export async function socketConsole(): Promise<ScriptedConsole> {
  const scratch = await scratchDirectory();
  const server = createServer();
  server.listen(scratch('console.sock'));
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const deadlines = new Deadlines('the shell in a terminal', 1);
  const options = { log: scratch('console.log'), now: () => 0, deadlines };
  const console = await Console.connect(scratch('console.sock'), soon(), options);
  const [guest] = await accepted;
  guest.on('error', () => undefined);
  onTestFinished(async () => {
    await console[Symbol.asyncDispose]();
    guest.destroy();
    server.close();
  });
  return { console, guest };
}

/** A console behind which a program runs in a terminal of 80 columns, as a getty does behind a serial port. */
export async function terminalConsole(program: string, args: readonly string[]): Promise<Console> {
  const { spawn } = await import('node-pty');
  const { console, guest } = await socketConsole();
  const env = { PATH: process.env['PATH'] ?? '', TERM: 'vt220', HOME: '/nowhere' };
  const terminal = spawn(program, [...args], { cols: 80, rows: 24, env, encoding: null, cwd: '/' });
  terminal.onData((bytes) => guest.write(bytes));
  guest.on('data', (bytes: Buffer) => {
    terminal.write(bytes);
  });
  const exited = new Promise((resolve) => terminal.onExit(resolve));
  onTestFinished(async () => {
    terminal.kill('SIGKILL');
    await exited;
  });
  return console;
}
