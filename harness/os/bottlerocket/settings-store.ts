import { rm, writeFile } from 'node:fs/promises';
import { basename, posix } from 'node:path';

import type { Disk } from '../../disk/disk-io.ts';
import { editPartition } from '../../disk/edit-partition.ts';
import { editExt4, readFromExt4 } from '../../disk/ext4/edit.ts';
import { partitionLabelled, readGpt } from '../../disk/gpt/table.ts';
import { ImageError } from '../../util/errors.ts';
import { LABELS, SETTINGS_STORE } from './layout.ts';

/**
 * Changes the settings store on a disk that no machine has open; the machine must have been shut down cleanly. A change
 * that leaves the text as it is reads only.
 *
 * @throws {ImageError} when there is no store, or the changed one can't be written.
 */
export async function changeSettingsStore(disk: Disk, change: (text: string) => string): Promise<void> {
  const partition = partitionLabelled(await readGpt(disk), LABELS.private);
  await editPartition(disk, partition, async (fileSystem) => {
    const before = await readFromExt4(fileSystem, SETTINGS_STORE);
    if (before === undefined) throw new ImageError(`${LABELS.private} has no ${SETTINGS_STORE}.`);
    const wanted = change(before.toString());
    if (wanted === before.toString()) return;
    await replace(fileSystem, wanted);
  });
}

async function replace(fileSystem: string, text: string): Promise<void> {
  const source = `${fileSystem}.store`;
  await writeFile(source, text);
  const name = posix.basename(SETTINGS_STORE);
  const { all: said } = await editExt4(fileSystem, [
    `cd ${posix.dirname(SETTINGS_STORE)}`,
    `rm ${name}`,
    `write ${basename(source)} ${name}`,
    `sif ${name} uid 0`,
    `sif ${name} gid 0`,
  ]);
  await rm(source);
  const written = await readFromExt4(fileSystem, SETTINGS_STORE);
  if (written?.toString() === text) return;
  throw new ImageError(`${SETTINGS_STORE} can't be replaced. debugfs said:\n${said}`);
}
