import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { Disk } from '../../image/disk-io.ts';
import { editPartition } from '../../image/edit-partition.ts';
import { partitionLabelled, type GptTable } from '../../image/gpt.ts';
import { runHostTool } from '../../image/host-tool.ts';
import { ImageError } from '../../util/errors.ts';

const LABEL = 'BOTTLEROCKET-PRIVATE';
const FILE_NAME = 'user-data.toml';

/**
 * Writes `source` as user-data.toml (root's, mode 0600) into the PRIVATE partition of a disk that no machine has open.
 * Everything else on the partition stays.
 */
export async function writeToPrivate(source: string, disk: Disk, gpt: GptTable): Promise<void> {
  await editPartition(disk, partitionLabelled(gpt, LABEL), (copy) => addFile(source, copy));
}

/** debugfs splits its commands at blanks, so it gets names in its working directory only. */
async function addFile(source: string, fileSystem: string): Promise<void> {
  const cwd = dirname(fileSystem);
  const commands = [
    `rm ${FILE_NAME}`,
    `write ${basename(source)} ${FILE_NAME}`,
    `sif ${FILE_NAME} mode 0100600`,
    `sif ${FILE_NAME} uid 0`,
    `sif ${FILE_NAME} gid 0`,
    'quit',
  ];
  const name = basename(fileSystem);
  const output = await runHostTool('debugfs', ['-w', '-f', '-', name], { cwd, input: commands.join('\n') });
  // debugfs exits with 0 whatever happened, so only what can be read back counts.
  const check = `${name}.check`;
  try {
    await runHostTool('debugfs', ['-R', `dump ${FILE_NAME} ${check}`, name], { cwd });
    const [written, wanted] = await Promise.all([readIfThere(join(cwd, check)), readFile(source)]);
    if (written?.equals(wanted) !== true) {
      throw new ImageError(
        `${FILE_NAME} can't be written to the partition ${LABEL}. debugfs said:\n${output}`,
      );
    }
  } finally {
    await rm(join(cwd, check), { force: true });
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}
