/** A program for a terminal: attaches to the console's pipe CONSOLE, its log in LOG, until Ctrl-]; then reads a line. */
import { once } from 'node:events';

import { Console } from '../../../harness/guest/console/console.ts';
import { Deadlines } from '../../../harness/qemu/deadlines.ts';
import { attach } from '../attach.ts';

const [pipe = '', log = ''] = process.argv.slice(2);
const deadlines = new Deadlines('the scripted machine', 1);
await using console = Console.connect(pipe, { log, now: () => 0, deadlines });
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
