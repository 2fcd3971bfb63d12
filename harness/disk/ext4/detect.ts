import { readRange, type Disk } from '../disk-io.ts';
import type { Partition } from '../gpt/entries.ts';

/** s_magic of ext2 to ext4: 0x38 into the superblock, which starts at 1024. */
const MAGIC = { offset: 1024 + 0x38, bytes: Buffer.from([0x53, 0xef]) };

/** Whether the partition holds an ext2, ext3 or ext4 file system, whole or not. */
export async function isExt4(disk: Disk, { firstByte, sizeBytes }: Partition): Promise<boolean> {
  const { offset, bytes } = MAGIC;
  if (offset + bytes.length > sizeBytes) return false;
  return bytes.equals(await readRange(disk, firstByte + offset, bytes.length));
}
