import { expect } from '../../../harness/index.ts';
import type { Vm } from '../../../harness/index.ts';

/** Out of the kernel's source tree, and live patched: what every patch that is not part of the source leaves. */
const EXPECTED_TAINT = new Set(['O', 'K']);

/** What `/proc/version` says; most patches of the suite change it. */
export async function kernelVersion(vm: Vm): Promise<string> {
  return String((await vm.api.livepatches.status()).kernel.version);
}

/** Waits until a patch is applied and no longer on trial: from then on a power cut is no sign that it did harm. */
export async function waitUntilProven(vm: Vm, name: string): Promise<void> {
  await vm.api.livepatches.waitFor(name, 'applied', { accept: ({ on_trial: onTrial }) => !onTrial });
}

/** Expects the kernel to be in order: no oops, no warning, no taint but that of being patched. */
export async function expectHealthyKernel(vm: Vm): Promise<void> {
  const { taint } = await vm.api.livepatches.status();
  const unexpected = taint?.flags.filter(({ letter }) => !EXPECTED_TAINT.has(letter));
  expect(unexpected, 'unexpected taint').toEqual([]);
  await vm.settle();
  expect(vm.noted, 'signs of trouble').toEqual([]);
  expect((await vm.api.report.system()).failed_units, 'failed units').toEqual([]);
}
