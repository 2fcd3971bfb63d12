import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import type { Disk } from '../../disk/disk-io.ts';
import { editPartition } from '../../disk/edit-partition.ts';
import { editExt4, readFromExt4 } from '../../disk/ext4/edit.ts';
import { partitionLabelled, type GptTable } from '../../disk/gpt/table.ts';
import { ImageError } from '../../util/errors.ts';
import { BOTTLEROCKET } from './bottlerocket.ts';

const { privateLabel: LABEL, privateFile: FILE_NAME } = BOTTLEROCKET;

/**
 * Writes `source` as user-data.toml (root's, mode 0600) into the PRIVATE partition of a disk that no machine has open.
 * Everything else on the partition stays.
 */
export async function writeToPrivate(source: string, disk: Disk, gpt: GptTable): Promise<void> {
  await editPartition(disk, partitionLabelled(gpt, LABEL), (copy) => addFile(source, copy));
}

async function addFile(source: string, fileSystem: string): Promise<void> {
  const { all: said } = await editExt4(fileSystem, [
    `rm ${FILE_NAME}`,
    `write ${basename(source)} ${FILE_NAME}`,
    `sif ${FILE_NAME} mode 0100600`,
    `sif ${FILE_NAME} uid 0`,
    `sif ${FILE_NAME} gid 0`,
  ]);
  const [written, wanted] = await Promise.all([readFromExt4(fileSystem, FILE_NAME), readFile(source)]);
  if (written?.equals(wanted) === true) return;
  throw new ImageError(`${FILE_NAME} can't be written to the partition ${LABEL}. debugfs said:\n${said}`);
}
