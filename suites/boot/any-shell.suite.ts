import { coldSuite, describe, expect, within } from '../../harness/index.ts';

const test = coldSuite();

describe('the serial console', () => {
  test('takes a login and runs a command', async ({ machines, needs }) => {
    await needs('login');
    await using vm = await machines.fork();
    const shell = await vm.login(within(20_000, `a login on ${vm.id}`));
    const { exitCode, output } = await shell.run('uname -r', { deadline: within(10_000, 'uname -r') });
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^\d+\.\d+/);
  });
});

describe("QEMU's guest agent", () => {
  test('runs a program and reads a file', async ({ machines, needs }) => {
    await needs('agent');
    await using vm = await machines.fork();
    await vm.agent.waitUntilReady(within(30_000, `the guest agent of ${vm.id}`));
    const deadline = within(10_000, 'uname -r by the guest agent');
    const { exitCode, stdout } = await vm.agent.exec(['uname', '-r'], { deadline });
    expect(exitCode).toBe(0);
    const release = await vm.agent.readFile('/proc/sys/kernel/osrelease', { deadline });
    expect(String(stdout)).toBe(String(release));
  });
});
