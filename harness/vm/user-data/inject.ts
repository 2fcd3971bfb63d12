import { writeFile } from 'node:fs/promises';

import type { DiskFile } from '../../image/disk-io.ts';
import type { GptTable } from '../../image/gpt.ts';
import type { QemuOptions } from '../../qemu/options.ts';
import type { UserData } from '../spec.ts';
import type { VmDirectory } from '../vm-directory.ts';
import { makeCdRom } from './cd-rom.ts';
import { writeToPrivate } from './private-partition.ts';

/** The part of QEMU's options that carries user-data. */
export type UserDataDevices = Pick<QemuOptions, 'cdRom' | 'fwCfg'>;

/** Below opt/, which QEMU leaves to its users; the second part says whose it is. */
const FW_CFG_NAME = 'opt/sparkler/user-data';

/**
 * Puts each piece of user-data where its channel has it.
 *
 * @param disk the machine's own disk, which PRIVATE is on.
 */
export async function injectUserData(
  userData: readonly UserData[],
  directory: VmDirectory,
  disk: DiskFile,
  gpt: GptTable,
): Promise<UserDataDevices> {
  const devices: { cdRom?: string; fwCfg?: NonNullable<QemuOptions['fwCfg']> } = {};
  for (const { channel, content } of userData) {
    const source = directory.file(`user-data.${channel}`);
    await writeFile(source, content);
    if (channel === 'fw-cfg') devices.fwCfg = [{ name: FW_CFG_NAME, file: source }];
    else if (channel === 'cd-rom') devices.cdRom = await makeCdRom(source, directory.file('user-data.iso'));
    else await writeToPrivate(source, disk, gpt);
  }
  return devices;
}
