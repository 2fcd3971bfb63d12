import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';

import type { Disk } from '../disk/disk-io.ts';
import { createOverlay } from '../disk/overlay.ts';
import type { MemoryFile } from '../qemu/argv/options.ts';
import { ensureDiskSpace } from './directory/disk-space.ts';
import { findParts, varsFile } from './qemu-options.ts';
import type { StartOptions } from './boot-options.ts';
import { PoweredOff } from './powered-off.ts';
import type { MachineSpec, ResolvedSpec } from './spec.ts';
import { injectUserData } from '../os/user-data/inject.ts';
import type { Vm } from './vm.ts';
import { VmDirectory } from './directory/vm-directory.ts';

/**
 * Puts a machine together: its own disks over the image's, its own firmware variables, its user-data. Dispose it, or the
 * `Vm` that it becomes.
 *
 * @param options.start hold for every start of the machine.
 * @param options.memoryFile where the guest's memory goes, if it is to outlive QEMU.
 * @throws {InfrastructureError} when the host lacks QEMU, firmware, room or a tool; {UsageError} for a wrong spec.
 */
export async function assemble(
  wanted: MachineSpec,
  { start, ...options }: { readonly memoryFile?: MemoryFile; readonly start?: StartOptions } = {},
): Promise<PoweredOff> {
  const parts = await findParts(wanted);
  const { spec, firmware } = parts;
  const directory = await VmDirectory.create(spec.label);
  try {
    await ensureDiskSpace(directory.path);
    const disks = await overlays(spec, directory);
    await copyFile(firmware.varsTemplatePath, directory.file(varsFile(firmware)));
    const devices = await injectUserData(spec.userData, directory, disks[0], spec.image.gpt);
    return new PoweredOff({ ...parts, ...options, uuid: randomUUID(), disks, devices, directory }, start);
  } catch (error) {
    await directory.removeUnlessKept();
    throw error;
  }
}

/** Assembles a machine and switches it on, but waits for nothing that the image does. */
export async function startVm(spec: MachineSpec, options: StartOptions = {}): Promise<Vm> {
  const machine = await assemble(spec);
  try {
    return await machine.start(options);
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}

async function overlays(spec: ResolvedSpec, directory: VmDirectory): Promise<[Disk, ...Disk[]]> {
  const [first, ...others] = spec.image.disks;
  const size = spec.diskSizeBytes === undefined ? {} : { sizeBytes: spec.diskSizeBytes };
  return [
    spec.disk ?? (await createOverlay(first, directory.path, 'disk0', size)),
    ...(await Promise.all(
      others.map((disk, index) => createOverlay(disk, directory.path, `disk${index + 1}`)),
    )),
  ];
}
