import { containerSuite, describe, expect } from '../../harness/index.ts';
import type { RunContainer } from '../../harness/index.ts';
import { harmfulInPrivileged, probe } from './support/probe.ts';
import { inside, resting } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

/**
 * The default capabilities as /proc shows them, and what they allow of all attempts. `settings.oci-defaults` leaves NET_RAW out;
 * Docker's engine gives it, and has no setting for that: a container can open packet sockets on its own network.
 */
const DEFAULTS = {
  containerd: { capabilities: '00000000a80405fb', allowed: [] },
  docker: { capabilities: '00000000a80425fb', allowed: ['packet socket'] },
} as const;

describe('what a container must not do', () => {
  test('is refused, attempt by attempt', async ({ containers }) => {
    const attempts = await probe(await resting(containers, 'jailed'));
    expect(attempts.length).toBeGreaterThan(50);
    const allowed = attempts.filter(({ errno, signal }) => errno === null && signal === null);
    expect(allowed.map(({ attempt }) => attempt)).toEqual(DEFAULTS[containers.runtime].allowed);
    expect(attempts.filter(({ signal }) => signal !== null)).toEqual([]);
  });

  test('works in a privileged container, so the attempts are real', async ({ containers }) => {
    const attempts = await probe(
      await resting(containers, 'free', { privileged: true }),
      harmfulInPrivileged,
    );
    expect(attempts.filter(({ errno }) => errno !== null)).toEqual([]);
  });

  test('goes by the default capabilities and a seccomp filter', async ({ containers }) => {
    const jailed = await resting(containers, 'jailed');
    const { capabilities } = DEFAULTS[containers.runtime];
    expect(await statusOf(jailed)).toMatchObject({ CapEff: capabilities, Seccomp: '2' });
    const loose = await resting(containers, 'loose', { seccomp: 'unconfined', privileged: true });
    expect(await statusOf(loose)).toMatchObject({ Seccomp: '0' });
  });
});

describe('a container sees', () => {
  test('its own processes only', async ({ containers }) => {
    const one = await resting(containers, 'one');
    await resting(containers, 'other');
    // The first process and the one that looks.
    expect(await processesIn(one)).toBe(2);
    expect(await processesIn(await resting(containers, 'open', { host: ['pid'] }))).toBeGreaterThan(10);
  });

  test('its own host name, network and shared memory', async ({ containers }) => {
    const [one, other] = [await resting(containers, 'one'), await resting(containers, 'other')];
    for (const path of ['/proc/sys/kernel/hostname', '/proc/net/fib_trie']) {
      const [here, there] = [await inside(one, 'cat', path), await inside(other, 'cat', path)];
      expect(here.exitCode).toBe(0);
      expect(here.stdout).not.toBe(there.stdout);
    }
    expect((await inside(one, 'write', '/dev/shm/left', 'x')).exitCode).toBe(0);
    expect((await inside(other, 'cat', '/dev/shm/left')).exitCode).not.toBe(0);
  });

  test("no other container's files", async ({ containers }) => {
    const [one, other] = [await resting(containers, 'one'), await resting(containers, 'other')];
    expect((await inside(one, 'write', '/left', 'secret')).exitCode).toBe(0);
    expect((await inside(one, 'cat', '/left')).stdout).toBe('secret\n');
    expect(await inside(other, 'cat', '/left')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No such file') as string,
    });
  });

  test('a root it cannot write to, if so wished', async ({ containers }) => {
    const fixed = await resting(containers, 'fixed', { readonlyRoot: true });
    expect(await inside(fixed, 'write', '/left', 'x')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Read-only file system') as string,
    });
    const loose = await resting(containers, 'loose');
    expect((await inside(loose, 'write', '/left', 'x')).exitCode).toBe(0);
  });
});

async function statusOf(container: RunContainer): Promise<Record<string, string>> {
  const { stdout } = await inside(container, 'cat', '/proc/self/status');
  return Object.fromEntries(stdout.split('\n').map((line) => line.split(':\t')) as [string, string][]);
}

async function processesIn(container: RunContainer): Promise<number> {
  const { stdout } = await inside(container, 'ls', '/proc');
  return stdout.split('\n').filter((name) => /^\d+$/.test(name)).length;
}
