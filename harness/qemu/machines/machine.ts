import type { OptionValue } from '../argv/option-string.ts';
import type { Accelerator, QemuOptions } from '../argv/options.ts';

/** The smallest guest that reports that it ran, to find out whether an accelerator runs guests at all. */
export interface ProbeGuest {
  /**
   * Arguments that put it into a machine, where it writes to the chardev `said`; its files go into `directory`.
   *
   * @returns a promise, because it may have to write such files first.
   */
  readonly argumentsFor: (directory: string) => Promise<readonly string[]>;
  /** What it writes when it has come through. */
  readonly marker: string;
}

/** What differs between the two architectures' machines; everything else is in argv.ts, once. */
export interface Machine {
  /** QEMU's name for the machine type. */
  readonly type: string;
  /** A versioned name of the type that every supported QEMU knows, for the patterns in firmware descriptors. */
  readonly versionedName: string;
  /** Linux's name of the first serial port, for console= on its command line. */
  readonly serialPort: string;
  machineProperties(
    options: Pick<QemuOptions, 'accelerator' | 'firmware'>,
  ): Readonly<Record<string, OptionValue>>;
  cpu(accelerator: Accelerator): string;
  /** How many CPUs are best emulated for a guest that does not mind. */
  readonly emulatedCpus: number;
  /** The boot loader's name where UEFI looks for one on removable media (UEFI 2.10, section 3.5.1.1). */
  readonly removableMediaLoader: string;
  readonly probeGuest: ProbeGuest;
  /** Arguments that only this architecture has. */
  extraArguments(options: QemuOptions): readonly string[];
}
