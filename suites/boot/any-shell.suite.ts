import { describe, expect, needs, suite } from '../../harness/index.ts';

const test = suite();

describe('the serial console', () => {
  test('takes a login and runs a command', async ({ machines }) => {
    needs('login');
    await using vm = await machines.fork();
    const shell = await vm.login();
    const { exitCode, output } = await shell.run('uname -r');
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^\d+\.\d+/);
  });
});

describe("QEMU's guest agent", () => {
  test('runs a program and reads a file', async ({ machines }) => {
    needs('agent');
    await using vm = await machines.fork();
    await vm.agent.waitUntilReady();
    const { exitCode, stdout } = await vm.agent.exec(['uname', '-r']);
    expect(exitCode).toBe(0);
    const release = await vm.agent.readFile('/proc/sys/kernel/osrelease', { maxBytes: 100 });
    expect(stdout).toBe(String(release));
  });
});

describe('user-data', () => {
  test('reaches systemd as a credential', async ({ machines }) => {
    needs('agent', 'user-data.credentials');
    const credential = { channel: 'credentials', name: 'hotfire.test', content: 'from the host' } as const;
    await using vm = await machines.boot({ userData: [credential] });
    await vm.agent.waitUntilReady();
    // Where systemd puts what it finds in SMBIOS (systemd.system-credentials(7)).
    const received = await vm.agent.readFile('/run/credentials/@system/hotfire.test', { maxBytes: 1000 });
    expect(String(received)).toBe('from the host');
  });
});
