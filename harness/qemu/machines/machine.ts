import type { OptionValue } from '../option-string.ts';
import type { Accelerator, QemuOptions } from '../options.ts';

/** What differs between the two architectures' machines; everything else is in argv.ts, once. */
export interface Machine {
  /** QEMU's name for the machine type. */
  readonly type: string;
  /** A versioned name of the type that every supported QEMU knows, for the patterns in firmware descriptors. */
  readonly versionedName: string;
  /** The Debian and Ubuntu package that holds the emulator. */
  readonly package: string;
  /** The same for its UEFI firmware. */
  readonly firmwarePackage: string;
  machineProperties(
    options: Pick<QemuOptions, 'accelerator' | 'firmware'>,
  ): Readonly<Record<string, OptionValue>>;
  cpu(accelerator: Accelerator): string;
  /** Arguments that only this architecture has. */
  extraArguments(options: QemuOptions): readonly string[];
}
