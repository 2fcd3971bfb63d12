import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Deadline } from '../../harness/util/deadline.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';

const ROOT = join(import.meta.dirname, '../..');
const TSX = import.meta.resolve('tsx');

/** In a process group of its own, so that it can be signalled as a terminal does it. */
function start(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = execa(process.execPath, ['--import', TSX, join(ROOT, `scripts/${command}.ts`), ...args], {
    ...{ cwd: ROOT, reject: false, stdin: 'ignore', all: true, detached: true },
    env: { NO_COLOR: '1', ...env },
  });
  const signal = (name: 'SIGINT' | 'SIGKILL'): void => {
    try {
      process.kill(-Number(child.pid), name);
    } catch {
      // The group is gone.
    }
  };
  onTestFinished(() => {
    signal('SIGKILL');
  });
  return { child, signal };
}

async function expectQuietEnd({ child }: ReturnType<typeof start>): Promise<void> {
  const { exitCode, signal, all } = await Deadline.after(20_000, 'the command to end').race(child);
  // Before it has handlers, the signal ends it; a shell reports the same.
  expect(exitCode ?? (signal === 'SIGINT' ? 130 : signal), all).toBe(130);
  expect(all).not.toMatch(/bug in Hotfire|error:|^\s+at /m);
}

/** A mirror of Debian that takes connections and never answers. */
async function silentMirror(): Promise<{ url: string; asked: Promise<void> }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  const asked = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`, asked };
}

describe('Ctrl-C ends quietly with 130', { timeout: 60_000 }, () => {
  it.for([
    ['image', []],
    ['vm', []],
    ['bench', ['boot']],
    ['test', ['--suite', 'boot']],
  ] as const)('%s, in a child that builds the image', async ([command, args]) => {
    const scratch = await scratchDirectory();
    const { url, asked } = await silentMirror();
    const run = start(command, args, {
      ...{ HOTFIRE_CACHE: scratch('cache'), HOTFIRE_DEBIAN_MIRROR: url },
    });
    await Deadline.after(30_000, 'the build to ask its mirror').race(asked);
    run.signal('SIGINT');
    await expectQuietEnd(run);
  });

  it.for([0, 400])('doctor, %i ms after its start', async (delayMs) => {
    const run = start('doctor', []);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    run.signal('SIGINT');
    await expectQuietEnd(run);
  });

  it.for(['doctor', 'check'])('%s, while it waits for a child', async (command) => {
    const run = start(command, []);
    const hasChild = async (): Promise<true | undefined> =>
      (await childrenOf(run.child.pid)).some((line) => line !== '' && !line.includes('esbuild')) || undefined;
    await Deadline.after(20_000, `${command} to start a child`).poll(hasChild, 20);
    run.child.kill('SIGINT');
    await expectQuietEnd(run);
  });
});

/** Their command lines. */
async function childrenOf(pid: number | undefined): Promise<string[]> {
  const pids = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return Promise.all(
    pids
      .split(' ')
      .filter((child) => child.trim() !== '')
      .map((child) => readFile(`/proc/${child}/cmdline`, 'latin1').catch(() => '')),
  );
}
