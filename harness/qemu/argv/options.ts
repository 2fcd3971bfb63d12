import type { Architecture } from '../../util/architecture.ts';

/** How guest instructions run: by the host's CPU, or translated by QEMU. */
export type Accelerator = 'kvm' | 'tcg';

export type BlockFormat = 'raw' | 'qcow2';

export interface FirmwareFlash {
  /** Shared between machines and opened read-only. */
  readonly code: string;
  /** The variable store of this one machine, which it writes. */
  readonly vars: string;
  readonly format: BlockFormat;
  /** The firmware keeps its variables behind system management mode (x86_64 with Secure Boot). */
  readonly requiresSmm: boolean;
}

/** A kernel that QEMU itself puts in memory. The firmware, if any, then starts it instead of looking at disks. */
export interface DirectKernel {
  readonly kernel: string;
  readonly initrd?: string;
  readonly commandLine: string;
}

export interface FileSource {
  readonly file: string;
  readonly format: BlockFormat;
}

/** A disk served over NBD by the harness, which gets every write and flush as the guest makes it. */
export interface NbdSource {
  readonly format: 'nbd';
  /** A unix socket. */
  readonly socket: string;
  readonly exportName: string;
}

export interface QemuDisk {
  /** Letters, digits and dashes, at most 20: it is also the serial number that the guest sees. */
  readonly id: string;
  readonly source: FileSource | NbdSource;
  /** The firmware tries disks from the lowest index up; a disk without one comes last. */
  readonly bootIndex?: number;
  readonly readOnly?: boolean;
  /** The guest's unit of addressing, logical and physical. Default: 512, as QEMU's. */
  readonly sectorBytes?: 512 | 4096;
}

/** A TCP port on the host's loopback address that leads to a port of the guest. */
export interface PortForward {
  readonly hostPort: number;
  readonly guestPort: number;
}

/** A TCP port, at an address of the guest's network that only such services have, that leads out of the machine. */
export interface GuestForward {
  /** IPv4, of the guest's network. */
  readonly address: string;
  readonly port: number;
  /** QEMU starts it for every connection, which is then its standard input and output. */
  readonly command: readonly [string, ...string[]];
}

/** What a network card leads to, and nothing else. */
export interface Network {
  readonly forwards: readonly PortForward[];
  readonly services: readonly GuestForward[];
}

export interface MemoryFile {
  readonly path: string;
  /** Whether what the guest writes goes to the file, or to pages of QEMU's own that take the place of the file's. */
  readonly writes: 'to-file' | 'private';
}

/** Everything that decides how QEMU is called: plain data. All paths are absolute. */
export interface QemuOptions {
  readonly name: string;
  readonly uuid: string;
  readonly arch: Architecture;
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Absent: the guest's memory is QEMU's own, and is gone with it. */
  readonly memoryFile?: MemoryFile;
  readonly firmware?: FirmwareFlash;
  readonly directKernel?: DirectKernel;
  readonly disks: readonly QemuDisk[];
  /** An ISO 9660 image. */
  readonly cdRom?: string;
  readonly fwCfg?: readonly { readonly name: string; readonly file: string }[];
  /** Files of one string each, without a zero byte: SMBIOS structure type 11. */
  readonly smbiosOemStrings?: readonly { readonly path: string }[];
  /** SMBIOS structure type 1. */
  readonly smbiosSystem?: { readonly serial?: string };
  /** Absent: the machine has no network card. */
  readonly network?: Network;
  readonly qmpSocket: string;
  /** A second monitor, for a person: each serves one client at a time. */
  readonly spareQmpSocket?: string;
  /** Where a debugger finds QEMU's gdb server, as a listening unix socket. */
  readonly gdbSocket?: string;
  /** A graphics card, of which QMP takes pictures. Absent: the machine has none. */
  readonly display?: boolean;
  /** Everything that the guest says on its first serial port, unaltered. */
  readonly consoleLog: string;
  /** The same port, both ways, as named pipes: see `makePipe`. */
  readonly consolePipe?: string;
  /** The port of QEMU's own guest agent. */
  readonly agentSocket?: string;
  readonly bridgeSocket?: string;
  readonly journalSocket?: string;
  /** The first instruction waits for QMP's `cont`, so that no event can come before its listener. */
  readonly startPaused?: boolean;
  /** The machine does nothing until QMP's `migrate-incoming` gives it a saved state. */
  readonly awaitsState?: boolean;
}
