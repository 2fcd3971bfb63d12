import type { GptTable } from '../disk/gpt/table.ts';

/** What is in no partition: the table itself. */
export const TABLE_REGION = 'table';

/** The label of the partition that contains a place of the disk, or `TABLE_REGION`. */
export function regionFinder({ partitions }: GptTable): (offset: number) => string {
  return (offset) =>
    partitions.find(({ firstByte, sizeBytes }) => offset >= firstByte && offset < firstByte + sizeBytes)
      ?.label ?? TABLE_REGION;
}
