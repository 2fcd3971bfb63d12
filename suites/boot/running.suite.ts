import { describe, expect, measure, needs, scanPorts, suite, within } from '../../harness/index.ts';
import type { ReachablePort } from '../../harness/index.ts';
import { errorsLogged, shutdownLines } from './support/log.ts';
import { privilegedPrograms, rootFiles, unwantedPrograms } from './support/programs.ts';

/** More than an emulated x86_64 machine has elsewhere. */
const CPUS = 2;

/** Linux reports few closed UDP ports in a second: only ICMP messages of kinds in these masks are limited. */
const EVERY_CLOSED_PORT_IS_REPORTED = { 'net.ipv4.icmp_ratemask': '0', 'net.ipv6.icmp.ratemask': '128' };
/** Renews the lease of the machine's address, which DHCP wants it to do from this port (RFC 2131, section 4.1). */
const ADDRESS_CLIENT: ReachablePort = { family: 'IPv4', transport: 'udp', port: 68, answer: 'silent' };
/** By which development images measure their network. */
const BENCH_SERVICE: ReachablePort = { family: 'IPv4', transport: 'tcp', port: 7777, answer: 'open' };

/** All that is written at run time but where containers and what belongs to them have programs. */
const DATA_ONLY = ['/etc', '/run', '/tmp', '/dev/shm', '/var/lib/bottlerocket', '/boot'];

const test = suite({ machine: { cpus: CPUS } });

describe('the machine', () => {
  test('is started by UEFI and reports Secure Boot', async ({ vm }) => {
    const efi = await vm.journal.waitFor(/^efi: EFI v\d/);
    expect(efi.identifier).toBe('kernel');
    const secureBoot = await vm.journal.waitFor(/^secureboot: /);
    expect(secureBoot.message).toMatch(/Secure boot (?:en|dis)abled/);
  });

  test('starts every CPU that it has', async ({ vm }) => {
    await vm.journal.waitFor(new RegExp(`^smp: Brought up \\d+ nodes?, ${CPUS} CPUs`));
  });

  test('reaches its default target without a failed unit', async ({ vm }) => {
    await vm.waitForBoot();
    const { failed_units } = await vm.api.report.system();
    expect(failed_units).toEqual([]);
  });

  test('shows no crash sign while it boots', async ({ vm }) => {
    await vm.waitForBoot();
    expect(vm.noted).toEqual([]);
  });
});

describe('the root file system', () => {
  test('is read-only', async ({ vm }) => {
    const { root } = await vm.api.report.system();
    expect(root?.read_only).toBe(true);
  });

  test("is verified against the image's root hash", async ({ vm, image }) => {
    needs('verity-root');
    const { root } = await vm.api.report.system();
    // A bare disk says which hash it was built with nowhere but in its kernel's command line.
    const built: unknown = image.manifest?.verity?.rootHash ?? expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(root?.verity?.root_hash).toEqual(built);
  });
});

describe('the attack surface', () => {
  test('answers at no port that it has on its network', async ({ machines, image }) => {
    await using vm = await machines.fork({ network: {} });
    await vm.waitForBoot();
    await vm.api.patchSettings({ kernel: { sysctl: EVERY_CLOSED_PORT_IS_REPORTED } });
    await vm.api.tx.commitAndApply();
    const wanted = image.capabilities.has('bench-service') ? [BENCH_SERVICE] : [];
    // That the client is found shows that the scan would find others.
    expect(await scanPorts(vm, within(60_000, 'the answers of all ports'))).toEqual([
      ...wanted,
      ADDRESS_CLIENT,
    ]);
  });

  test('has no shell, interpreter, package manager or SSH server', async ({ machines, image, skip }) => {
    needs('ab-slots');
    if (image.capabilities.has('login')) skip('the image has a shell for whoever logs in on its console');
    await using machine = await machines.assemble();
    const files = await rootFiles(machine);
    expect(files.map(({ path }) => path)).toContain('usr/lib/systemd/systemd');
    expect(unwantedPrograms(files)).toEqual([]);
  });

  test('has no program that runs with rights of others', async ({ machines }) => {
    needs('ab-slots');
    await using machine = await machines.assemble();
    expect(privilegedPrograms(await rootFiles(machine))).toEqual([]);
  });

  test('runs no program from where only data is written', async ({ vm }) => {
    await vm.waitForBoot();
    const { mounts } = await vm.api.report.system();
    // The last one at a place covers those before it.
    const options = new Map(mounts.map((mount) => [mount.target, mount.options]));
    for (const target of DATA_ONLY) {
      expect(options.get(target), target).toEqual(expect.arrayContaining(['nosuid', 'nodev', 'noexec']));
    }
  });

  test('has a kernel locked down from its start', async ({ vm }) => {
    needs('lockdown');
    const lockdown = await vm.journal.waitFor(/^Kernel is locked down from command line/);
    expect(lockdown.identifier).toBe('kernel');
  });

  test('stays locked down with the default settings', async ({ vm }) => {
    needs('lockdown');
    await vm.waitForBoot();
    const { lockdown } = await vm.api.report.system();
    expect(lockdown).toBe('integrity');
  });
});

// Last in the file, since it ends the machine where the tests share one.
describe('the power button', () => {
  test('shuts the machine down with no error logged', async ({ vm }) => {
    await vm.waitForBoot();
    const startedAt = performance.now();
    await vm.shutdown(within(15_000, 'a clean shutdown'));
    measure('shutdown', 'ms', performance.now() - startedAt);
    expect(errorsLogged(vm)).toEqual([]);
    // What shows that there was a log to its end is printed, not logged: systemd-shutdown ends journald and journalctl at
    // once, and with them what was logged in the last quarter of a second, before journald tells its readers.
    expect(shutdownLines(vm)).toContainEqual(expect.stringMatching(/Reached target .*[Pp]ower.?[Oo]ff/));
    expect(vm.console.lastSeen).toMatch(/reboot: Power down$/);
  });
});
