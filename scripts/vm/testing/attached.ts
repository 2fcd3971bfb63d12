/** A program for a terminal: attaches to the console socket CONSOLE, its log in LOG, until Ctrl-]; then reads a line. */
import { once } from 'node:events';

import { Console } from '../../../harness/guest/console/console.ts';
import { Deadlines } from '../../../harness/qemu/deadlines.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { attach } from '../attach.ts';

const [socket = '', log = ''] = process.argv.slice(2);
const deadlines = new Deadlines('the scripted machine', 1);
const deadline = Deadline.after(60_000, 'the scripted console');
await using console = await Console.connect(socket, deadline, { log, now: () => 0, deadlines });
{
  using attachment = attach(console, { input: process.stdin, output: process.stdout });
  process.stdout.write('attached\r\n');
  await attachment.left;
}
process.stdout.write('detached\r\n');
process.stdin.resume();
await once(process.stdin, 'data');
process.stdin.pause();
process.stdout.write('got a line\r\n');
