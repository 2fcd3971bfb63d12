import { setTimeout as sleep } from 'node:timers/promises';

import { checkFileSystems, suite, describe, expect, measure, within } from '../../harness/index.ts';
import type { Image, PoweredOff, Vm } from '../../harness/index.ts';

const test = suite();

/** Long enough for what a system does in the background to go wrong. */
const REST_MS = 5000;

describe('a cold boot', () => {
  test('is started by UEFI firmware and shows no crash', async ({ machines, image }) => {
    await using vm = await machines.boot();
    expect(vm.timeline.marks.firmware).toBeGreaterThan(0);
    // EDK2's boot manager names what it starts.
    const started = await vm.console.waitFor(/^BdsDxe: starting Boot\d+/, within(5000, 'the boot option'));
    expect(started.text).not.toMatch(/UEFI Shell|PXE|HTTP/);
    await vm.guard(sleep(REST_MS));
    expect(vm.noted).toEqual([]);
    await expectIntactTable(await vm.powerCut(), image);
  });

  test('that is cut off is followed by a good one', async ({ machines, image }) => {
    await using machine = await machines.assemble();
    await using vm = await machine.start();
    await vm.console.waitFor(/^BdsDxe: starting /, within(20_000, 'the firmware to start the disk'));
    await vm.guard(sleep(REST_MS));
    await vm.powerCut();
    await expectIntactTable(machine, image);
    await expectGoodBoot(machine);
  });
});

describe('a machine that is ready', () => {
  test('switches itself off by its power button', async ({ machines, image }) => {
    await using vm = await machines.fork();
    const startedAtMs = performance.now();
    await shutDown(vm, image);
    measure('shutdown', 'ms', performance.now() - startedAtMs);
  });

  test('boots again after its reset button', async ({ machines }) => {
    await using vm = await machines.fork();
    await vm.reset();
    await vm.waitForReady();
    expect(vm.noted).toEqual([]);
  });

  test('boots again after a clean shutdown', async ({ machines, image, skip }) => {
    await using vm = await machines.fork();
    const machine = await shutDown(vm, image);
    await expectWholeFileSystems(machine, skip);
    await expectGoodBoot(machine);
  });

  test('boots again after a power cut', async ({ machines, image }) => {
    await using vm = await machines.fork();
    const machine = await vm.powerCut();
    await expectIntactTable(machine, image);
    await expectGoodBoot(machine);
  });

  test('keeps its file systems whole through a power cut', async ({ machines, skip }) => {
    await using vm = await machines.fork();
    await vm.guard(sleep(REST_MS));
    await expectWholeFileSystems(await vm.powerCut(), skip);
  });

  test('can be frozen, and its copies go on', async ({ machines, image }) => {
    await using vm = await machines.fork();
    const here = await vm.checkpoint();
    await using copy = await here.fork();
    await copy.guard(sleep(REST_MS));
    expect(copy.noted).toEqual([]);
    await shutDown(copy, image);
  });
});

function shutDown(vm: Vm, { profile }: Image): Promise<PoweredOff> {
  return vm.shutdown(within(profile.shutdownWithinMs, `${vm.id} to switch itself off`));
}

async function expectGoodBoot(machine: PoweredOff): Promise<void> {
  await using vm = await machine.boot();
  expect(vm.noted).toEqual([]);
}

async function expectIntactTable(machine: PoweredOff, image: Image): Promise<void> {
  const table = await machine.readGpt();
  expect(table.faults).toEqual({ primary: undefined, backup: undefined });
  expect(table.copiesAgree).toBe(true);
  // A system may add partitions at its first boot, as systemd-repart does.
  expect(table.partitions.length).toBeGreaterThanOrEqual(image.gpt.partitions.length);
}

async function expectWholeFileSystems(machine: PoweredOff, skip: (note: string) => never): Promise<void> {
  const checked = await checkFileSystems(machine.disk, (await machine.readGpt()).partitions);
  if (checked.length === 0) skip('the disk has no ext4 file system, the only kind that can be checked');
  const faults = checked.filter(({ fault }) => fault !== undefined);
  expect(faults.map(({ partition, fault }) => `${partition.label}: ${fault ?? ''}`)).toEqual([]);
}
