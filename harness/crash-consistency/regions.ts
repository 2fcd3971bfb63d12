import type { GptTable } from '../disk/gpt/table.ts';

/** What lies in no partition: the table itself. */
export const TABLE_REGION = 'table';

/** The label of the partition that a place of the disk lies in, or `TABLE_REGION`. */
export function regionFinder({ partitions }: GptTable): (offset: number) => string {
  return (offset) =>
    partitions.find(({ firstByte, sizeBytes }) => offset >= firstByte && offset < firstByte + sizeBytes)
      ?.label ?? TABLE_REGION;
}
