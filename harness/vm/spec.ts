import { availableParallelism } from 'node:os';

import type { ServedDisk } from '../disk/disk-io.ts';
import type { Image } from '../image/open.ts';
import type { UserData } from '../os/user-data/channels.ts';
import { checkUserData } from '../os/user-data/check.ts';
import { MACHINES } from '../qemu/machines/index.ts';
import type { Accelerator, DirectKernel, PortForward } from '../qemu/argv/options.ts';
import type { GuestService } from '../services/guest-service.ts';
import { UsageError } from '../util/errors.ts';

/** A network card that reaches only what is listed. */
export interface NetworkSpec {
  readonly forwards?: readonly PortForward[];
}

/** The machine that is wanted: plain data. */
export interface MachineSpec {
  readonly image: Image;
  /** Takes the place of the image's first disk, and gets the machine's writes itself. Default: an overlay on the image's. */
  readonly disk?: ServedDisk;
  /**
   * The size of the first disk, whose new room lies behind what the image has. Only the machine's overlay grows: the image
   * stays as it is, and so does a `disk` that takes its place. Default: the image's.
   */
  readonly diskSizeBytes?: number;
  /** Default: the profile's, else 2, and 1 for an emulated x86_64; never more than the host has, which only makes a guest slower. */
  readonly cpus?: number;
  /** Default: the profile's, else 1024. */
  readonly memoryMiB?: number;
  /** At most one for each channel, but any number of credentials. */
  readonly userData?: readonly UserData[];
  /** Absent: no network card, unless there are services. */
  readonly network?: NetworkSpec;
  /** What the guest finds on its network, each at an address and port of its own; their settings become user-data. */
  readonly services?: readonly GuestService[];
  /** Part of the name of the machine's directory. */
  readonly label?: string;
  /** The firmware starts this kernel, with which QEMU provides it, and looks at no disk for a boot loader. */
  readonly directKernel?: DirectKernel;
  /** A second monitor, `spare-qmp.sock` in the machine's directory. */
  readonly spareQmp?: boolean;
  /** A debugger is waited for, at `gdb.sock` in the machine's directory, before the first instruction. */
  readonly gdb?: boolean;
  /** A graphics card, of which pictures can be taken. Default: the serial console only. */
  readonly display?: boolean;
  /** Where evidence is copied when the machine fails. Without it the machine's own directory is kept then. */
  readonly evidenceDirectory?: string;
}

type Defaulted = 'cpus' | 'memoryMiB' | 'userData' | 'services' | 'label';
export type ResolvedSpec = MachineSpec & Required<Pick<MachineSpec, Defaulted>>;

const MIN_MEMORY_MIB = 128;
const DEFAULT_MEMORY_MIB = 1024;
const CPUS_UNDER_KVM = 2;

/** @throws {UsageError} for a machine that can't be, whatever the host. */
export function checkSpec(spec: MachineSpec): void {
  checkInteger('cpus', spec.cpus, 1);
  checkInteger('memoryMiB', spec.memoryMiB, MIN_MEMORY_MIB);
  checkInteger('diskSizeBytes', spec.diskSizeBytes, 1);
  if (spec.diskSizeBytes !== undefined) checkDiskSize(spec.image, spec.diskSizeBytes);
  checkUserData(userDataOf(spec));
}

/** @throws {UsageError} for a disk that has no room for its image, or ends within a sector. */
export function checkDiskSize({ path, gpt }: Pick<Image, 'path' | 'gpt'>, diskSizeBytes: number): void {
  if (diskSizeBytes < gpt.diskSizeBytes) {
    throw new UsageError(
      `A disk of ${diskSizeBytes} bytes is too small for ${path}, which has ${gpt.diskSizeBytes}.`,
      { hint: 'A disk can only grow: ask for at least the size of the image, or for none.' },
    );
  }
  if (diskSizeBytes % gpt.sectorBytes !== 0) {
    throw new UsageError(
      `A disk of ${diskSizeBytes} bytes ends within a sector: they have ${gpt.sectorBytes} bytes.`,
    );
  }
}

/** Says what the spec leaves open. */
export function resolveSpec(spec: MachineSpec, accelerator: Accelerator): ResolvedSpec {
  return {
    ...spec,
    cpus: spec.cpus ?? spec.image.profile.machine.cpus ?? defaultCpus(spec.image, accelerator),
    memoryMiB: spec.memoryMiB ?? spec.image.profile.machine.memoryMiB ?? DEFAULT_MEMORY_MIB,
    userData: userDataOf(spec),
    services: spec.services ?? [],
    label: spec.label ?? 'vm',
  };
}

/** With what the services need. */
function userDataOf({ userData = [], services = [] }: MachineSpec): readonly UserData[] {
  const settings = services.map((service) => service.settings ?? '').join('');
  return settings === '' ? userData : [...userData, { channel: 'fw-cfg', content: settings }];
}

function defaultCpus({ arch }: Image, accelerator: Accelerator): number {
  const useful = accelerator === 'tcg' ? MACHINES[arch].emulatedCpus : CPUS_UNDER_KVM;
  return Math.min(useful, availableParallelism());
}

function checkInteger(name: string, value: number | undefined, min: number): void {
  if (value !== undefined && (!Number.isInteger(value) || value < min)) {
    throw new UsageError(`A machine's ${name} must be a whole number of at least ${min}, not ${value}.`);
  }
}
