import { IMDS_ADDRESS, isLinkLocal } from '../../qemu/argv/network.ts';
import type { GuestService } from '../../services/guest-service.ts';
import { IMDS_PORT, serveImds, type Imds } from '../../services/imds/imds.ts';
import type { Image } from '../../image/open.ts';
import type { MachineSpec } from '../spec.ts';

/** In the machine's directory. */
const SOCKET = 'imds.sock';

/** What decides whether a machine needs a metadata service. */
export interface Cloudy extends Pick<MachineSpec, 'userData' | 'services'> {
  readonly image: Pick<Image, 'arch' | 'capabilities'>;
}

type FileOf = (name: string) => string;

/**
 * The metadata service of a machine that gets none from its test, but whose image does not boot without one, or whose
 * user-data is to come from there.
 */
export function ownImds({ image, userData = [], services = [] }: Cloudy, file: FileOf): GuestService[] {
  const isWanted =
    image.capabilities.has('user-data.imds') || userData.some(({ channel }) => channel === 'imds');
  const isGiven = services.some(({ address = '' }) => isLinkLocal(address));
  return isWanted && !isGiven ? [{ address: IMDS_ADDRESS, port: IMDS_PORT, socket: file(SOCKET) }] : [];
}

/** Lets it listen, if there is one. @throws {InfrastructureError} when it can't. */
export async function serveOwnImds(spec: Cloudy, file: FileOf): Promise<Imds | undefined> {
  const [own] = ownImds(spec, file);
  if (own === undefined) return undefined;
  const given = spec.userData?.find(({ channel }) => channel === 'imds');
  const { arch: architecture } = spec.image;
  return serveImds({ socket: own.socket, userData: given?.content, instance: { architecture } });
}
