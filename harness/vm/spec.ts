import { availableParallelism } from 'node:os';

import type { ServedDisk } from '../disk/disk-io.ts';
import type { Image } from '../image/open.ts';
import { MACHINES } from '../qemu/machines/index.ts';
import type { Accelerator, DirectKernel, PortForward } from '../qemu/argv/options.ts';
import type { GuestService } from '../services/guest-service.ts';
import { UsageError } from '../util/errors.ts';

/** How user-data reaches the guest: by QEMU's firmware configuration device, on a CD-ROM, or on its PRIVATE partition. */
export const USER_DATA_CHANNELS = ['fw-cfg', 'cd-rom', 'private'] as const;
export type UserDataChannel = (typeof USER_DATA_CHANNELS)[number];

export interface UserData {
  readonly channel: UserDataChannel;
  /** Given to the guest as it is, valid or not. */
  readonly content: string | Uint8Array;
}

/** A network card that reaches only what is listed. */
export interface NetworkSpec {
  readonly forwards?: readonly PortForward[];
}

/** The machine that is wanted: plain data. */
export interface MachineSpec {
  readonly image: Image;
  /** Takes the place of the image's first disk, and gets the machine's writes itself. Default: an overlay on the image's. */
  readonly disk?: ServedDisk;
  /** Default: 2, and 1 for an emulated x86_64; never more than the host has, which only makes a guest slower. */
  readonly cpus?: number;
  /** Default: 1024. */
  readonly memoryMiB?: number;
  /** At most one for each channel. */
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
  const channels = userDataOf(spec).map(({ channel }) => channel);
  const twice = channels.find((channel, index) => channels.indexOf(channel) !== index);
  if (twice !== undefined) {
    throw new UsageError(`User-data is given twice through "${twice}"; each channel carries one.`, {
      hint: 'The settings of services go through fw-cfg; give others through another channel.',
    });
  }
}

/** Says what the spec leaves open. */
export function resolveSpec(spec: MachineSpec, accelerator: Accelerator): ResolvedSpec {
  return {
    ...spec,
    cpus: spec.cpus ?? defaultCpus(spec.image, accelerator),
    memoryMiB: spec.memoryMiB ?? DEFAULT_MEMORY_MIB,
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
