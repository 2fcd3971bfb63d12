import { writeFile } from 'node:fs/promises';

import type { Disk } from '../../disk/disk-io.ts';
import type { GptTable } from '../../disk/gpt/table.ts';
import type { QemuOptions } from '../../qemu/argv/options.ts';
import type { UserData, UserDataChannel } from '../../vm/spec.ts';
import type { VmDirectory } from '../../vm/directory/vm-directory.ts';
import { makeCdRom } from './cd-rom.ts';
import { writeToPrivate } from './private-partition.ts';

/** The part of QEMU's options that carries user-data. */
export type UserDataDevices = Pick<QemuOptions, 'cdRom' | 'fwCfg'>;

/** Below opt/, which QEMU leaves to its users; the second part says whose it is. */
const FW_CFG_NAME = 'opt/sparkler/user-data';
const CD_ROM = 'user-data.iso';

/**
 * Puts each piece of user-data where its channel has it.
 *
 * @param disk the machine's own disk, which PRIVATE is on.
 */
export async function injectUserData(
  userData: readonly UserData[],
  directory: VmDirectory,
  disk: Disk,
  gpt: GptTable,
): Promise<UserDataDevices> {
  for (const { channel, content } of userData) {
    const source = directory.file(sourceOf(channel));
    await writeFile(source, content);
    if (channel === 'cd-rom') await makeCdRom(source, directory.file(CD_ROM));
    if (channel === 'private') await writeToPrivate(source, disk, gpt);
  }
  return devicesFor(userData, (name) => directory.file(name));
}

/** @param file gives the path of a file where user-data was injected. */
export function devicesFor(userData: readonly UserData[], file: (name: string) => string): UserDataDevices {
  const channels = new Set(userData.map(({ channel }) => channel));
  return {
    ...(channels.has('fw-cfg') && { fwCfg: [{ name: FW_CFG_NAME, file: file(sourceOf('fw-cfg')) }] }),
    ...(channels.has('cd-rom') && { cdRom: file(CD_ROM) }),
  };
}

function sourceOf(channel: UserDataChannel): string {
  return `user-data.${channel}`;
}
