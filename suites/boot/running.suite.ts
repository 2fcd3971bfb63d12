import { bootFinished, describe, expect, measure, suite, within } from '../../harness/index.ts';

/** More than an emulated x86_64 machine has elsewhere. */
const CPUS = 2;

const test = suite({ requires: ['bridge', 'journal-port', 'report.system'], machine: { cpus: CPUS } });

describe('the machine', () => {
  test('was started by UEFI firmware, and says how Secure Boot is set', async ({ vm }) => {
    const efi = await vm.journal.waitFor(
      ({ message }) => /^efi: EFI v\d/.test(message),
      within(10_000, 'the kernel to tell which UEFI firmware started it'),
    );
    expect(efi.identifier).toBe('kernel');
    const secureBoot = await vm.journal.waitFor(
      ({ message }) => message.startsWith('secureboot: '),
      within(10_000, 'the kernel to tell the state of Secure Boot'),
    );
    expect(secureBoot.message).toMatch(/Secure boot (?:en|dis)abled/);
  });

  test('works with every CPU that it has', async ({ vm }) => {
    await vm.journal.waitFor(
      ({ message }) => new RegExp(`^smp: Brought up \\d+ nodes?, ${CPUS} CPUs`).test(message),
      within(10_000, `the kernel to have started ${CPUS} CPUs`),
    );
  });

  test('reaches its default target without a failed unit', async ({ vm }) => {
    await bootFinished(vm, within(30_000, 'all units to start'));
    const { failed_units } = await vm.api.report.system({ deadline: within(5000, 'the system report') });
    expect(failed_units).toEqual([]);
  });

  test('shows no sign of trouble while it boots', async ({ vm }) => {
    await bootFinished(vm, within(30_000, 'all units to start'));
    expect(vm.noted).toEqual([]);
  });
});

describe('the root file system', () => {
  test('is read-only', async ({ vm }) => {
    const { root } = await vm.api.report.system({ deadline: within(5000, 'the system report') });
    expect(root?.read_only).toBe(true);
  });

  test('lies on dm-verity, with the root hash that the image was built with', async ({
    vm,
    image,
    needs,
  }) => {
    await needs('verity-root');
    const { root } = await vm.api.report.system({ deadline: within(5000, 'the system report') });
    // A bare disk says which hash it was built with nowhere but in its kernel's command line.
    const built: unknown = image.manifest?.verity?.rootHash ?? expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(root?.verity?.root_hash).toEqual(built);
  });
});

describe('an intruder', () => {
  test('finds nothing listening on the network', async ({ vm }) => {
    await bootFinished(vm, within(30_000, 'all units to start'));
    const { listening } = await vm.api.report.system({ deadline: within(5000, 'the system report') });
    // containerd's streaming server listens on loopback, where no other machine can reach it.
    expect(listening.filter(({ address }) => !isLoopback(address))).toEqual([]);
  });

  test('finds no shell, interpreter, package manager or SSH server', async ({ vm }) => {
    const { shells_found } = await vm.api.report.system({ deadline: within(5000, 'the system report') });
    expect(shells_found).toEqual([]);
  });

  test('finds the kernel locked down, so that root cannot change it', async ({ vm }) => {
    await bootFinished(vm, within(30_000, 'all units to start'));
    const { lockdown } = await vm.api.report.system({ deadline: within(5000, 'the system report') });
    expect(lockdown).toBe('integrity');
  });
});

// Last in the file, since it ends the machine that the others share.
describe('the power button', () => {
  test('shuts the machine down cleanly', async ({ vm }) => {
    await bootFinished(vm, within(30_000, 'all units to start'));
    const startedAt = performance.now();
    await vm.shutdown(within(15_000, 'a clean shutdown'));
    measure('shutdown', 'ms', performance.now() - startedAt);
  });
});

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
