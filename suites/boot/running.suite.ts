import { describe, expect, measure, needs, suite, within } from '../../harness/index.ts';
import { errorsLogged } from './support/log.ts';

/** More than an emulated x86_64 machine has elsewhere. */
const CPUS = 2;

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
  test('has nothing that listens on the network', async ({ vm }) => {
    await vm.waitForBoot();
    const { listening } = await vm.api.report.system();
    // containerd's streaming server listens on loopback, where no other machine can reach it.
    expect(listening.filter(({ address }) => !isLoopback(address))).toEqual([]);
  });

  test('has no shell, interpreter, package manager or SSH server', async ({ vm }) => {
    const { shells_found } = await vm.api.report.system();
    expect(shells_found).toEqual([]);
  });

  test('has a kernel locked down against root', async ({ vm }) => {
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
    // Else the journal would have ended before there was anything to log.
    const { entries } = vm.journal;
    expect(entries.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^Reached target .*[Pp]ower.?[Oo]ff/),
    );
  });
});

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
