import { setTimeout as sleep } from 'node:timers/promises';

import { checkFileSystems, coldSuite, describe, expect, measure, within } from '../../harness/index.ts';
import type { PoweredOff } from '../../harness/index.ts';

const test = coldSuite();

/** Long enough for a service that starts late to fail, or for a watchdog that was never fed to expire. */
const REST_MS = 5000;

describe('a cold boot', () => {
  test('starts the disk by UEFI firmware', async ({ machines }) => {
    await using vm = await machines.boot();
    expect(vm.timeline.marks.firmware).toBeGreaterThan(0);
    // EDK2's boot manager names what it starts, and what it could not start before.
    const started = await vm.console.waitFor(
      /^BdsDxe: starting Boot\d+/,
      within(5000, 'the name of the boot option'),
    );
    expect(started.text).not.toMatch(/UEFI Shell|PXE|HTTP/);
  });

  test('shows no sign of a crash', async ({ machines }) => {
    await using vm = await machines.boot();
    await vm.guard(sleep(REST_MS));
    expect(vm.noted).toEqual([]);
  });

  test('leaves the partition table intact', async ({ machines, image }) => {
    await using vm = await machines.boot();
    await vm.guard(sleep(REST_MS));
    const machine = await vm.powerCut();
    await expectIntactTable(machine, image.gpt.partitions.length);
  });
});

describe('the power button', () => {
  test('switches the machine off', async ({ machines, image }) => {
    await using vm = await machines.boot();
    const startedAtMs = performance.now();
    await vm.shutdown(within(image.profile.shutdownWithinMs, 'the guest to switch the machine off'));
    measure('shutdown', 'ms', performance.now() - startedAtMs);
  });

  test('leaves whole file systems and a disk that boots again', async ({ machines, image, skip }) => {
    await using vm = await machines.boot();
    const machine = await vm.shutdown(within(image.profile.shutdownWithinMs, 'a clean shutdown'));
    await expectWholeFileSystems(machine, skip);
    await using again = await machine.boot();
    expect(again.noted).toEqual([]);
  });
});

describe('a power cut', () => {
  test('leaves whole file systems and a disk that boots again', async ({ machines, image, skip }) => {
    await using vm = await machines.boot();
    const machine = await vm.powerCut();
    await expectIntactTable(machine, image.gpt.partitions.length);
    await using again = await machine.boot();
    expect(again.noted).toEqual([]);
    await expectWholeFileSystems(await again.powerCut(), skip);
  });

  test('in the middle of a boot is survived', async ({ machines, image }) => {
    await using machine = await machines.assemble();
    await using vm = await machine.start();
    await vm.console.waitFor(/^BdsDxe: starting /, within(20_000, 'the firmware to start the disk'));
    await vm.guard(sleep(REST_MS));
    await vm.powerCut();
    await expectIntactTable(machine, image.gpt.partitions.length);
    await using again = await machine.boot();
    expect(again.noted).toEqual([]);
  });
});

describe('the reset button', () => {
  test('boots the machine again', async ({ machines, image }) => {
    await using vm = await machines.boot();
    await vm.reset(within(10_000, 'the machine to be reset'));
    await vm.waitForReady(within(image.profile.ready.withinMs, `${vm.id} to be ready again`));
    expect(vm.noted).toEqual([]);
  });
});

describe('a copy of a frozen machine', () => {
  test('goes on where the machine was frozen', async ({ machines, image }) => {
    await using copy = await machines.fork();
    await copy.guard(sleep(REST_MS));
    expect(copy.noted).toEqual([]);
    await copy.shutdown(within(image.profile.shutdownWithinMs, 'the copy to switch itself off'));
  });
});

async function expectIntactTable(machine: PoweredOff, partitions: number): Promise<void> {
  const table = await machine.readGpt();
  expect(table.faults).toEqual({ primary: undefined, backup: undefined });
  expect(table.copiesAgree).toBe(true);
  // A system may add partitions at its first boot, as systemd-repart does.
  expect(table.partitions.length).toBeGreaterThanOrEqual(partitions);
}

async function expectWholeFileSystems(machine: PoweredOff, skip: (note: string) => never): Promise<void> {
  const checked = await checkFileSystems(machine.disk, (await machine.readGpt()).partitions);
  if (checked.length === 0) skip('the disk has no ext4 file system, the only kind that can be checked');
  expect(
    checked.flatMap(({ partition, fault }) => (fault === undefined ? [] : [`${partition.label}: ${fault}`])),
  ).toEqual([]);
}
