import type { Disk } from '../disk/disk-io.ts';
import type { VmDirectory } from './directory/vm-directory.ts';
import type { MachineParts, OwnParts } from './qemu-options.ts';

/** A machine of which every part exists, but no process. */
export interface Assembly extends MachineParts, Omit<OwnParts, 'name' | 'file'> {
  /** What the machine writes: overlays on the image's disks, in their order, or what the spec gives instead. */
  readonly disks: readonly [Disk, ...Disk[]];
  readonly directory: VmDirectory;
}
