import type { Firmware } from '../../firmware/find.ts';
import type { Disk } from '../disk/disk-io.ts';
import type { GptTable } from '../disk/gpt/table.ts';
import { probeAccelerator } from '../qemu/accelerator.ts';
import { findQemu, type QemuBinary } from '../qemu/binary.ts';
import { findMachineFirmware } from '../qemu/firmware.ts';
import type { Accelerator, MemoryFile, QemuDisk, QemuOptions } from '../qemu/argv/options.ts';
import { portsIn } from './connections.ts';
import { networkOf } from './network/network.ts';
import { checkSpec, resolveSpec, type MachineSpec, type ResolvedSpec } from './spec.ts';
import type { UserDataDevices } from '../os/user-data/devices.ts';

/** In the machine's directory, if the spec asks for it: a monitor for a person. */
export const SPARE_QMP_SOCKET = 'spare-qmp.sock';

/** The same: QEMU's gdb server. */
export const GDB_SOCKET = 'gdb.sock';

/** What a machine is made of, apart from files of its own. */
export interface MachineParts {
  readonly spec: ResolvedSpec;
  readonly qemu: QemuBinary;
  readonly accelerator: Accelerator;
  readonly firmware: Firmware;
}

/** What one machine has for itself. */
export interface OwnParts {
  readonly name: string;
  readonly uuid: string;
  /** The path of a file in the machine's directory. */
  readonly file: (name: string) => string;
  readonly disks: readonly Disk[];
  readonly devices: UserDataDevices;
  readonly memoryFile?: MemoryFile;
}

/** @throws {InfrastructureError} when the host lacks QEMU or firmware; {UsageError} for a wrong spec. */
export async function findParts(wanted: MachineSpec): Promise<MachineParts> {
  checkSpec(wanted);
  const { arch } = wanted.image;
  const qemu = await findQemu(arch);
  const { accelerator } = await probeAccelerator(qemu);
  const firmware = await findMachineFirmware(arch);
  return { spec: resolveSpec(wanted, accelerator), qemu, accelerator, firmware };
}

/** The machine's variable store in its directory. */
export function varsFile({ format }: Pick<Firmware, 'format'>): string {
  return `firmware-vars.${format}`;
}

/** How QEMU is to be called. Pure. */
export function machineOptions({ spec, accelerator, firmware }: MachineParts, own: OwnParts): QemuOptions {
  const { codePath: code, format, requiresSmm } = firmware;
  const network = networkOf(spec, own.file);
  return {
    ...{ name: own.name, uuid: own.uuid, arch: spec.image.arch },
    ...{ accelerator, cpus: spec.cpus, memoryMiB: spec.memoryMiB },
    ...(own.memoryFile && { memoryFile: own.memoryFile }),
    firmware: { code, vars: own.file(varsFile(firmware)), format, requiresSmm },
    ...(spec.directKernel && { directKernel: spec.directKernel }),
    disks: own.disks.map((disk, index) => ({
      ...{ id: `hd${index}`, source: sourceOf(disk) },
      // 0 is QEMU's own for a direct kernel.
      ...(index === 0 && { bootIndex: 1, ...sectorSize(spec.image.gpt) }),
    })),
    ...own.devices,
    ...(network && { network }),
    ...portsIn(own.file),
    ...(spec.spareQmp === true && { spareQmpSocket: own.file(SPARE_QMP_SOCKET) }),
    ...(spec.gdb === true && { gdbSocket: own.file(GDB_SOCKET) }),
    ...(spec.display === true && { display: true }),
    startPaused: true,
  };
}

/** Said only where it is not QEMU's default, so that the templates of all other machines stay what they are. */
function sectorSize({ sectorBytes }: GptTable): Pick<QemuDisk, 'sectorBytes'> {
  return sectorBytes === 512 ? {} : { sectorBytes };
}

function sourceOf(disk: Disk): QemuDisk['source'] {
  return disk.format === 'nbd'
    ? { format: 'nbd', socket: disk.path, exportName: disk.exportName }
    : { format: disk.format, file: disk.path };
}
