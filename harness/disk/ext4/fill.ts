import { repairExt4 } from './repair.ts';
import type { Disk } from '../disk-io.ts';
import { editPartition } from '../edit-partition.ts';
import { editExt4 } from './edit.ts';
import { partitionLabelled, readGpt } from '../gpt/table.ts';
import { ImageError } from '../../util/errors.ts';

const BALLAST = 'ballast';

/**
 * Leaves an ext4 partition of a disk that no machine has open without a free block: one file takes all of them.
 *
 * @returns what deletes the file again.
 * @throws {ImageError} when the file system is broken, or can't be filled.
 */
export async function fillFileSystem(disk: Disk, label: string): Promise<() => Promise<void>> {
  const edit = async (change: (file: string) => Promise<void>): Promise<void> => {
    await editPartition(disk, partitionLabelled(await readGpt(disk), label), async (file) => {
      // What the machine has left in the journal would be replayed over the change.
      const broken = await repairExt4(file);
      if (broken !== undefined) throw new ImageError(`The file system ${label} is broken:\n${broken}`);
      await change(file);
    });
  };
  await edit(async (file) => {
    const before = await freeBlocks(file);
    const { all: said } = await editExt4(file, [
      `write /dev/null ${BALLAST}`,
      `fallocate ${BALLAST} 0 ${before - 1}`,
    ]);
    const after = await freeBlocks(file);
    if (after > 0)
      throw new ImageError(`${label} can't be filled: ${after} of ${before} blocks are free.\n${said}`);
  });
  return () =>
    edit(async (file) => {
      await editExt4(file, [`rm ${BALLAST}`]);
    });
}

async function freeBlocks(file: string): Promise<number> {
  const found = /^Free blocks:\s+(\d+)$/m.exec((await editExt4(file, ['show_super_stats -h'])).stdout);
  if (found === null) throw new ImageError(`debugfs does not print the free blocks of ${file}.`);
  return Number(found[1]);
}
