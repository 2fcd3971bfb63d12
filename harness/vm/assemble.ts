import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';

import { findFirmware } from '../../firmware/find.ts';
import type { DiskFile } from '../image/disk-io.ts';
import { createOverlay } from '../image/overlay.ts';
import { probeAccelerator } from '../qemu/accelerator.ts';
import { findQemu, type QemuBinary } from '../qemu/binary.ts';
import type { FirmwareFlash, QemuOptions } from '../qemu/options.ts';
import type { Architecture } from '../util/architecture.ts';
import { portsIn } from './connections.ts';
import { ensureDiskSpace } from './host-resources.ts';
import { networkOf } from './network.ts';
import { PoweredOff } from './powered-off.ts';
import { resolveSpec, type MachineSpec, type ResolvedSpec } from './spec.ts';
import { injectUserData } from './user-data/inject.ts';
import { VmDirectory } from './vm-directory.ts';

/** In the machine's directory, if the spec asks for it. */
export const SPARE_QMP_SOCKET = 'spare-qmp.sock';

/** A machine of which every part exists, but no process. */
export interface Assembly {
  readonly spec: ResolvedSpec;
  readonly qemu: QemuBinary;
  readonly options: QemuOptions;
  /** What the machine writes: overlays on the image's disks, in their order. */
  readonly disks: readonly [DiskFile, ...DiskFile[]];
  readonly directory: VmDirectory;
}

/**
 * Puts a machine together: its own disks over the image's, its own firmware variables, its user-data. Dispose it, or the
 * `Vm` that it becomes.
 *
 * @throws {InfrastructureError} when the host lacks QEMU, firmware, room or a tool; {UsageError} for a wrong spec.
 */
export async function assemble(wanted: MachineSpec): Promise<PoweredOff> {
  const spec = resolveSpec(wanted);
  const qemu = await findQemu(spec.image.arch);
  const { accelerator } = await probeAccelerator(qemu);
  const directory = await VmDirectory.create(spec.label);
  try {
    await ensureDiskSpace(directory.path);
    const disks = await overlays(spec, directory);
    const options: QemuOptions = {
      name: directory.id,
      uuid: randomUUID(),
      arch: spec.image.arch,
      ...{ accelerator, cpus: spec.cpus, memoryMiB: spec.memoryMiB },
      firmware: await flash(spec.image.arch, directory),
      ...(spec.directKernel && { directKernel: spec.directKernel }),
      disks: disks.map(({ path, format }, index) => ({
        ...{ id: `hd${index}`, file: path, format },
        // 0 is QEMU's own for a direct kernel.
        ...(index === 0 && { bootIndex: 1 }),
      })),
      ...(await injectUserData(spec.userData, directory, disks[0], spec.image.gpt)),
      ...(spec.network && { network: networkOf(spec.network) }),
      ...portsIn(directory),
      ...(spec.spareQmp === true && { spareQmpSocket: directory.file(SPARE_QMP_SOCKET) }),
      startPaused: true,
    };
    return new PoweredOff({ spec, qemu, options, disks, directory });
  } catch (error) {
    await directory.removeUnlessKept();
    throw error;
  }
}

async function overlays(spec: ResolvedSpec, directory: VmDirectory): Promise<[DiskFile, ...DiskFile[]]> {
  const [first, ...others] = spec.image.disks;
  return [
    await createOverlay(first, directory.path, 'disk0'),
    ...(await Promise.all(
      others.map((disk, index) => createOverlay(disk, directory.path, `disk${index + 1}`)),
    )),
  ];
}

async function flash(arch: Architecture, directory: VmDirectory): Promise<FirmwareFlash> {
  const { codePath, varsTemplatePath, format, requiresSmm } = await findFirmware(arch, { secureBoot: false });
  const vars = directory.file(`firmware-vars.${format}`);
  await copyFile(varsTemplatePath, vars);
  return { code: codePath, vars, format, requiresSmm };
}
