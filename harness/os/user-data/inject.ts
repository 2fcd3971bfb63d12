import { writeFile } from 'node:fs/promises';

import type { Disk } from '../../disk/disk-io.ts';
import type { GptTable } from '../../disk/gpt/table.ts';
import type { UserData } from './channels.ts';
import { CD_ROM_FILE, devicesFor, type UserDataDevices } from './devices.ts';
import { makeIso } from './iso.ts';
import { NOCLOUD_LABEL } from './nocloud.ts';
import { piecesOf } from './pieces.ts';
import { writeToPrivate } from './private-partition.ts';

/** A machine's directory. */
export interface UserDataDirectory {
  /** The path of a file in it. */
  file(name: string): string;
}

/**
 * Puts each piece of user-data where its channel has it.
 *
 * @param disk the machine's own disk, which PRIVATE is on.
 */
export async function injectUserData(
  userData: readonly UserData[],
  directory: UserDataDirectory,
  disk: Disk,
  gpt: GptTable,
): Promise<UserDataDevices> {
  const file = (name: string): string => directory.file(name);
  for (const [index, given] of userData.entries()) {
    const { channel } = given;
    const pieces = piecesOf(given, index);
    await Promise.all(pieces.map((piece) => writeFile(file(piece.file), piece.content)));
    if (channel === 'private') await writeToPrivate(file('user-data.private'), disk, gpt);
    if (channel === 'cd-rom' || channel === 'nocloud') {
      const files = Object.fromEntries(pieces.map((piece) => [piece.name, file(piece.file)]));
      await makeIso(file(CD_ROM_FILE), { files, ...(channel === 'nocloud' && { label: NOCLOUD_LABEL }) });
    }
  }
  return devicesFor(userData, file);
}
