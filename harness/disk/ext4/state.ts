import { readRange, type Disk } from '../disk-io.ts';
import type { Partition } from '../gpt/entries.ts';

/** Of the superblock, which begins at 1024 (the kernel's filesystems/ext4/globals): s_state and s_feature_incompat. */
const STATE = { offset: 1024 + 0x3a, valid: 1, errors: 2 };
const INCOMPATIBLE = { offset: 1024 + 0x60, recover: 4 };

export interface Ext4State {
  /** It was unmounted, or made read-only, before the machine went: its journal holds nothing to be replayed. */
  readonly unmounted: boolean;
  /** The kernel has met errors in it that no check has repaired since. */
  readonly errors: boolean;
}

/** What an ext4 on a disk that no machine has open says of itself. */
export async function ext4State(disk: Disk, { firstByte }: Pick<Partition, 'firstByte'>): Promise<Ext4State> {
  const state = (await readRange(disk, firstByte + STATE.offset, 2)).readUInt16LE();
  const incompatible = (await readRange(disk, firstByte + INCOMPATIBLE.offset, 4)).readUInt32LE();
  return {
    unmounted: (incompatible & INCOMPATIBLE.recover) === 0,
    errors: (state & STATE.errors) !== 0 || (state & STATE.valid) === 0,
  };
}
