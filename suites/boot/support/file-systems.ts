import { ext4State, partitionLabelled, writeRange } from '../../../harness/index.ts';
import type { Ext4State, PoweredOff, Vm } from '../../../harness/index.ts';

export const DATA = 'BOTTLEROCKET-DATA';
export const PRIVATE = 'BOTTLEROCKET-PRIVATE';

const MIB = 2 ** 20;
/** Groups of 32768 blocks of 4 KiB; these have a copy of the superblock (sparse_super), as far as the image's go. */
const GROUP_BYTES = 128 * MIB;
const GROUPS_WITH_COPIES = [0, 1, 3, 5, 7];

/** What the file systems that outlive boots say of themselves. */
export async function statesOf(machine: PoweredOff): Promise<Record<string, Ext4State>> {
  const table = await machine.readGpt();
  const states = [PRIVATE, DATA].map(
    async (label) => [label, await ext4State(machine.disk, partitionLabelled(table, label))] as const,
  );
  return Object.fromEntries(await Promise.all(states));
}

/** Leaves no superblock that e2fsck could begin with. */
export async function wipeSuperblocks(machine: PoweredOff, label: string): Promise<void> {
  const { firstByte, sizeBytes } = partitionLabelled(await machine.readGpt(), label);
  const places = GROUPS_WITH_COPIES.map((group) => group * GROUP_BYTES).filter((at) => at < sizeBytes);
  for (const at of places) await writeRange(machine.disk, firstByte + at, Buffer.alloc(MIB));
}

/** The size of the file system that is mounted there. */
export async function sizeOf(vm: Vm, target: string): Promise<number> {
  const { mounts } = await vm.api.report.system();
  return mounts.find((mount) => mount.target === target)?.size_bytes ?? 0;
}
