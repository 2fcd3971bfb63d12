import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import type { ConsoleEvents } from '../../guest/console/console.ts';
import { pipeConsole } from '../../guest/console/testing/pty-console.ts';
import { Events } from '../../util/events.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { shareConsole } from './terminal.ts';

async function terminal(path: string): Promise<{ socket: Socket; seen: () => string }> {
  const socket = createConnection(path);
  onTestFinished(() => void socket.destroy());
  let seen = '';
  socket.on('data', (bytes: Buffer) => (seen += bytes.toString()));
  await once(socket, 'connect');
  return { socket, seen: () => seen };
}

test('every terminal sees the console and types into it', async () => {
  const scratch = await scratchDirectory();
  const { console, guest } = await pipeConsole();
  const shared = await shareConsole(console, scratch('terminal.sock'));
  onTestFinished(() => {
    shared[Symbol.dispose]();
  });
  expect(statSync(scratch('terminal.sock')).mode & 0o777).toBe(0o600);
  let typed = '';
  guest.heard.on('data', (bytes: Buffer) => (typed += bytes.toString()));
  guest.say('booted\nlogin: ');
  await expect.poll(() => console.tail()).toEqual(['booted', 'login: ']);

  const [one, other] = [await terminal(scratch('terminal.sock')), await terminal(scratch('terminal.sock'))];
  await expect.poll(other.seen).toBe('booted\r\nlogin: ');
  one.socket.write('root\x03');
  await expect.poll(() => typed).toBe('root\x03');
  guest.say('root');
  await expect.poll(one.seen).toBe('booted\r\nlogin: root');
  await expect.poll(other.seen).toBe('booted\r\nlogin: root');
  one.socket.destroy();
  guest.say('!');
  await expect.poll(other.seen).toBe('booted\r\nlogin: root!');
});

test('a terminal that does not read is let go', async () => {
  const scratch = await scratchDirectory();
  const events = new Events<ConsoleEvents>();
  const console = { events, send: () => undefined, tail: () => [] };
  const shared = await shareConsole(console, scratch('terminal.sock'));
  onTestFinished(() => {
    shared[Symbol.dispose]();
  });
  const { socket } = await terminal(scratch('terminal.sock'));
  socket.pause();
  const closed = once(socket, 'close');
  for (let sent = 0; sent < 64; sent += 1) {
    events.emit('bytes', Buffer.alloc(2 ** 16));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  await closed;
});
