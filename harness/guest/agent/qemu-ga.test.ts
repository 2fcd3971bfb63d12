import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { which } from '../../process/which.ts';
import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { GuestAgent } from './agent.ts';

const qemuGa = await which('qemu-ga');
const soon = (): Deadline => Deadline.after(60_000, 'the real guest agent');
/** It runs on this host: nothing that would change it. */
const BLOCKED = ['guest-shutdown', 'guest-set-time', 'guest-fsfreeze-freeze', 'guest-fsfreeze-thaw'];

/** QEMU's own agent, on a socket instead of a port. */
async function realAgent(): Promise<GuestAgent> {
  const scratch = await scratchDirectory();
  const listen = ['--method', 'unix-listen', '--path', scratch('agent.sock'), '--statedir', scratch('.')];
  // The test's own death must not leave it behind.
  const command = ['--pdeathsig', 'KILL', qemuGa ?? '', ...listen, '-b', BLOCKED.join(',')];
  const process = execa('setpriv', command, { reject: false });
  const agent = await GuestAgent.connect(scratch('agent.sock'), soon(), new Deadlines('the agent', 1));
  onTestFinished(async () => {
    await agent.close();
    process.kill('SIGKILL');
    await process;
  });
  return agent;
}

test.skipIf(qemuGa === undefined)('the real agent runs programs and keeps files', async () => {
  const agent = await realAgent();
  await agent.waitUntilReady(soon());
  expect((await agent.info(soon())).commands.has('guest-exec')).toBe(true);
  const script = 'cat; printf %s "$A" >&2; exit 7';
  const options = { input: 'größe\n', env: { A: 'b', PATH: '/usr/bin:/bin' }, deadline: soon() };
  expect(await agent.exec(['sh', '-c', script], options)).toEqual({
    ...{ exitCode: 7, stdout: 'größe\n', stderr: 'b', truncated: false },
  });
  expect((await agent.exec(['sh', '-c', 'kill -9 $$'], { deadline: soon() })).exitCode).toBe(137);
  const content = Buffer.alloc(700_000, 'some bytes\0\xff');
  const path = (await scratchDirectory())('file');
  await agent.writeFile(path, content, soon());
  expect(content.equals(await agent.readFile(path, { deadline: soon() }))).toBe(true);
  await expect(agent.readFile(path, { deadline: soon(), maxBytes: 699_999 })).rejects.toThrow(
    /is larger than/,
  );
  expect((await agent.readFile('/proc/self/status', { deadline: soon() })).toString()).toMatch(/qemu-ga/);
});

test.skipIf(qemuGa === undefined)('the real agent is answered right after a timeout', async () => {
  const agent = await realAgent();
  await agent.waitUntilReady(soon());
  const output = agent.exec(['sh', '-c', 'yes | head -c 20000000'], { deadline: soon() });
  await expect(agent.info(Deadline.after(0, 'nothing'))).rejects.toThrow(/for nothing/);
  const { stdout, truncated } = await output;
  expect({ length: stdout.length, truncated }).toEqual({ length: 16 * 2 ** 20, truncated: true });
  agent.guestReset();
  await agent.ping(soon());
  await expect(agent.thaw(soon())).rejects.toThrow(
    /"guest-fsfreeze-thaw" failed: .*\n.*Allow "guest-fsfreeze-thaw"/,
  );
});
