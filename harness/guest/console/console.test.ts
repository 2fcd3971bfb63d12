import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { expect, onTestFinished, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { Deadlines } from '../../qemu/deadlines.ts';
import { pipePeer, type PipePeer } from '../../qemu/testing/pipe-peer.ts';
import { Deadline } from '../../util/deadline.ts';
import { Console } from './console.ts';

interface Peer {
  console: Console;
  guest: PipePeer;
  log: string;
}

/** A console whose guest is played by the test, over real pipes. */
async function connected(): Promise<Peer> {
  const scratch = await scratchDirectory();
  const guest = await pipePeer(scratch('console'));
  const log = scratch('console.log');
  let now = 0;
  const console = Console.connect(scratch('console'), {
    log,
    deadlines: new Deadlines('vm-3', 1),
    now: () => (now += 500),
  });
  onTestFinished(async () => {
    await console[Symbol.asyncDispose]();
  });
  return { console, guest, log };
}

const soon = (ms = 60_000): Deadline => Deadline.after(ms, 'the scripted guest to speak');

test('waits for a line that comes later, and for a prompt without an end', async () => {
  const { console, guest } = await connected();
  guest.say('first\r\n');
  await console.waitFor(/first/, soon());
  const later = console.waitFor(/log.n:/, soon());
  guest.say('log');
  guest.say('in: ');
  expect((await later).text).toBe('login: ');
});

test('finds what was said before, but not when asked for what is new', async () => {
  const { console, guest } = await connected();
  guest.say('Linux version 7\nnext\n');
  await console.waitFor(/next/, soon());
  expect((await console.waitFor(/Linux version/, soon())).number).toBe(0);
  const again = console.waitFor(/Linux version/, soon(), { from: console.position });
  guest.say('Linux version 8\n');
  expect((await again).text).toBe('Linux version 8');
});

test('an expired wait shows the last line', async () => {
  const { console, guest } = await connected();
  guest.say('stuck here\n');
  await console.waitFor(/stuck/, soon());
  await expect(console.waitFor(/never/, soon(100))).rejects.toThrow(
    /waiting for .*\.\nLast seen: stuck here/,
  );
});

test('a wait ends when the machine does', async () => {
  const { console, guest } = await connected();
  const wait = console.waitFor(/never/, soon());
  guest.hangUp();
  await expect(wait).rejects.toThrow("The machine's console is closed.");
  await expect(console.waitFor(/never/, soon())).rejects.toThrow("The machine's console is closed.");
});

test('logs every line with its time, the unfinished last one too', async () => {
  const { console, guest, log } = await connected();
  guest.say('one\n\u001b[31mtwo\u001b[0m');
  await console.waitFor(/two/, soon());
  await console[Symbol.asyncDispose]();
  expect(await readFile(log, 'utf8')).toBe('[    0.500] one\n[    1.000] two\n');
});

test('shows the screen as a terminal would', async () => {
  const { console, guest } = await connected();
  guest.say('garbage\u001b[2J\u001b[3;5HBoot Menu\u001b[1;1Htop!');
  await console.waitFor(/top!/, soon());
  expect(await console.screen()).toBe('top!\n\n    Boot Menu');
});

test('remembers a bounded number of lines, and types', async () => {
  const { console, guest } = await connected();
  guest.say(Array.from({ length: 9000 }, (_, index) => `line ${index}\n`).join('') + 'end\n');
  await console.waitFor(/^end$/, soon());
  expect(console.tail(2)).toEqual(['line 8999', 'end']);
  expect(console.tail(10_000)).toHaveLength(5000);
  console.send('yes\n');
  const [typed] = (await once(guest.heard, 'data')) as [Buffer];
  expect(typed.toString()).toBe('yes\n');
});
