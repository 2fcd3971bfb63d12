import { probeAccelerator } from '../../harness/qemu/accelerator.ts';
import { findQemu, formatVersion } from '../../harness/qemu/binary.ts';
import { findMachineFirmware } from '../../harness/qemu/firmware.ts';
import { hostArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import { HotfireError } from '../../harness/util/errors.ts';
import type { Check, Finding } from './finding.ts';

/** What runs a machine of that architecture: QEMU, its accelerator, its firmware. */
export function emulationChecks(arch: Architecture): readonly Check[] {
  return [() => checkQemu(arch), () => checkAccelerator(arch), () => checkFirmware(arch)];
}

async function checkQemu(arch: Architecture): Promise<Finding> {
  const base = { topic: `QEMU for ${arch}`, essential: arch === hostArchitecture() };
  return missingOnFailure(base, async () => {
    const { path, version } = await findQemu(arch);
    return { ...base, state: 'good', found: `${formatVersion(version)} (${path})` };
  });
}

async function checkAccelerator(arch: Architecture): Promise<Finding> {
  const base = { topic: `accelerator for ${arch}`, essential: false };
  return missingOnFailure(base, async () => {
    const { accelerator, reason } = await probeAccelerator(await findQemu(arch));
    const found = `${accelerator}: ${reason}`;
    if (accelerator === 'kvm' || arch !== hostArchitecture()) return { ...base, state: 'good', found };
    const hint =
      'Machines run emulated, several times slower. For full speed use a host whose KVM runs guests.';
    return { ...base, state: 'limited', found, hint };
  });
}

async function checkFirmware(arch: Architecture): Promise<Finding> {
  const base = { topic: `UEFI firmware for ${arch}`, essential: arch === hostArchitecture() };
  return missingOnFailure(base, async () => {
    const { codePath, descriptorPath, passedOver } = await findMachineFirmware(arch);
    const details = passedOver.map(({ path, reason }) => `${path} ${reason}`);
    return { ...base, state: 'good', found: `${codePath} (by ${descriptorPath})`, details };
  });
}

async function missingOnFailure(
  base: Pick<Finding, 'topic' | 'essential'>,
  look: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HotfireError)) throw error;
    const [found = '', ...details] = error.message.split('\n').map((line) => line.trim());
    const hint = error.hint ?? 'Fix the cause that the message names.';
    return { ...base, state: 'missing', found, hint, details: details.filter((line) => line !== error.hint) };
  }
}
