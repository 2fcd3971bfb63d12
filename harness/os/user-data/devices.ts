import type { QemuOptions } from '../../qemu/argv/options.ts';
import type { UserData } from './channels.ts';
import { NOCLOUD_SERIAL } from './nocloud.ts';
import { piecesOf } from './pieces.ts';

/** The part of QEMU's options that carries user-data. */
export type UserDataDevices = Pick<QemuOptions, 'cdRom' | 'fwCfg' | 'smbiosOemStrings' | 'smbiosSystem'>;

/** In the machine's directory, for the channels that have one. */
export const CD_ROM_FILE = 'user-data.iso';

/** @param file gives the path of a file where user-data was injected. */
export function devicesFor(userData: readonly UserData[], file: (name: string) => string): UserDataDevices {
  const filesOf = (...channels: UserData['channel'][]): { name: string; file: string }[] =>
    userData.flatMap((given, index) =>
      channels.includes(given.channel)
        ? piecesOf(given, index).map((piece) => ({ name: piece.name, file: file(piece.file) }))
        : [],
    );
  const fwCfg = filesOf('fw-cfg', 'ignition');
  const credentials = filesOf('credentials');
  return {
    ...(fwCfg.length > 0 && { fwCfg }),
    ...(filesOf('cd-rom', 'nocloud').length > 0 && { cdRom: file(CD_ROM_FILE) }),
    ...(credentials.length > 0 && { smbiosOemStrings: credentials.map(({ file: path }) => ({ path })) }),
    ...(filesOf('nocloud').length > 0 && { smbiosSystem: { serial: NOCLOUD_SERIAL } }),
  };
}
