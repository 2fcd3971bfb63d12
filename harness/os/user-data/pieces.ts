import { sha256 } from '../../util/files/sha256.ts';
import { BOTTLEROCKET } from './bottlerocket.ts';
import type { UserData } from './channels.ts';
import { oemString } from './credentials.ts';
import { noCloudFiles } from './nocloud.ts';

/** One file of user-data. */
export interface Piece {
  /** By which the guest finds it. */
  readonly name: string;
  /** In the machine's directory. Forks take over what begins with "user-data.". */
  readonly file: string;
  readonly content: string | Uint8Array;
}

const NAMES = {
  'fw-cfg': BOTTLEROCKET.fwCfgName,
  'cd-rom': BOTTLEROCKET.cdRomFile,
  private: BOTTLEROCKET.privateFile,
  // https://coreos.github.io/ignition/supported-platforms, "QEMU".
  ignition: 'opt/com.coreos/config',
  imds: 'user-data',
} as const;

/** @param index of this among all user-data of the machine. */
export function piecesOf(userData: UserData, index: number): Piece[] {
  const { channel, content } = userData;
  switch (channel) {
    case 'nocloud':
      return noCloudFiles(userData).map((piece) => ({ ...piece, file: `user-data.nocloud.${piece.name}` }));
    case 'credentials':
      // By number: a credential's name may be as long as a file's.
      return [{ name: userData.name, file: `user-data.credential-${index}`, content: oemString(userData) }];
    case 'fw-cfg':
    case 'cd-rom':
    case 'private':
    case 'ignition':
    case 'imds':
      return [{ name: NAMES[channel], file: `user-data.${channel}`, content }];
  }
}

/** The same for user-data that no guest can tell apart. */
export function digestOf(userData: readonly UserData[]): readonly (readonly string[])[] {
  return userData.flatMap(piecesOf).map(({ file, content }) => [file, sha256(content)]);
}
