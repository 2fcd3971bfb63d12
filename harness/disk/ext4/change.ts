import type { Disk } from '../disk-io.ts';
import { editPartition } from '../edit-partition.ts';
import { partitionLabelled, readGpt } from '../gpt/table.ts';
import { editExt4 } from './edit.ts';

/**
 * Has debugfs(8) change an ext4 partition of a disk that no machine has open.
 *
 * @param commands of debugfs, such as `set_super_value free_blocks_count 1`.
 */
export async function changeExt4(disk: Disk, label: string, commands: readonly string[]): Promise<void> {
  await editPartition(disk, partitionLabelled(await readGpt(disk), label), async (file) => {
    await editExt4(file, commands);
  });
}
