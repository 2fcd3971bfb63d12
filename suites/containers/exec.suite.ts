import { containerSuite, describe, expect, needs } from '../../harness/index.ts';
import type { Registry, Vm } from '../../harness/index.ts';
import { hostContainer, setHostContainer, WORKLOAD } from './support/host-containers.ts';

const test = containerSuite();

const APICLIENT = '/usr/local/bin/apiclient';
/** More than all buffers on the way hold together. */
const LONG_BYTES = 3 * 2 ** 20;

describe('a command in a host container', () => {
  test('gives output, exit code and signal', async ({ vm, registry }) => {
    needs('report.host-containers');
    await runAdmin(vm, registry);
    const read = await vm.api.exec.run('admin', [WORKLOAD, 'cat', '/proc/self/cmdline']);
    expect(read).toEqual({ exitCode: 0, output: '/workload\0cat\0/proc/self/cmdline\0' });
    expect(await vm.api.exec.run('admin', [WORKLOAD, 'exit', '7'])).toMatchObject({ exitCode: 7 });
  });

  test('reads its input to the end, however long', async ({ vm, registry }) => {
    needs('report.host-containers');
    await runAdmin(vm, registry);
    const stdin = Buffer.alloc(LONG_BYTES, 'a line of input\n').toString();
    const result = await vm.api.exec.run('admin', [WORKLOAD, 'cat', '/dev/stdin'], { stdin });
    expect(result.exitCode).toBe(0);
    expect(result.output === stdin).toBe(true);
  });

  test('has a terminal that makes signals of keys', async ({ vm, registry }) => {
    needs('report.host-containers');
    await runAdmin(vm, registry);
    await using session = await vm.api.exec.open('admin', [WORKLOAD, 'cat', '/dev/stdin'], { tty: true });
    await session.write('typed\n');
    // Once by the terminal, and once by the program.
    await session.waitForOutput(/typed\r\ntyped\r\n/);
    await session.write('\x03');
    expect(await session.waitForExit()).toBe(130);
  });

  test('is killed when its client goes away', async ({ vm, registry }) => {
    needs('report.host-containers');
    await runAdmin(vm, registry);
    const session = await vm.api.exec.open('admin', [WORKLOAD, 'counter', '100']);
    await session.waitForOutput(/./);
    expect(await processes(vm)).toBe(3);
    session.kill();
    await expect.poll(() => processes(vm), { timeout: 60_000 }).toBe(2);
  });

  test('is refused by name where it cannot run', async ({ vm, registry }) => {
    needs('report.host-containers');
    await runAdmin(vm, registry);
    const unknown = vm.api.exec.run('contrl', [WORKLOAD]);
    await expect(unknown).rejects.toThrow(/"contrl" is no running host container; there are admin \(1011\)/);
    const missing = vm.api.exec.run('admin', ['/no/such/program']);
    await expect(missing).rejects.toThrow(/no such file or directory.* \(1011\)/);
  });
});

describe('apiclient in a host container', () => {
  test('reads, sets and runs by the socket that is mounted', async ({ vm, registry }) => {
    needs('report.host-containers');
    await runAdmin(vm, registry);
    const apiclient = async (...args: string[]) => vm.api.exec.run('admin', [APICLIENT, ...args]);
    expect(await apiclient('set', 'motd=from a container')).toEqual({ exitCode: 0, output: '' });
    const { exitCode, output } = await apiclient('get', 'settings.motd');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toEqual({ settings: { motd: 'from a container' } });
    expect(await apiclient('exec', 'admin', WORKLOAD, 'exit', '9')).toMatchObject({ exitCode: 9 });
    const refused = await apiclient('set', 'updates.seed=x');
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.output).toContain('settings.updates.seed');
  });
});

async function runAdmin(vm: Vm, registry: Registry): Promise<void> {
  await setHostContainer(vm, 'admin', { source: `${registry.host}/workload:1`, enabled: true });
  await hostContainer(vm, 'admin', ({ phase }) => phase === 'running');
}

/** In the container, with the one that counts them. */
async function processes(vm: Vm): Promise<number> {
  const { output } = await vm.api.exec.run('admin', [WORKLOAD, 'ls', '/proc']);
  return output.split('\n').filter((name) => /^\d+$/.test(name)).length;
}
