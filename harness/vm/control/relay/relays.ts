import type { Image } from '../../../image/open.ts';
import type { Connections } from '../../connections.ts';
import type { VmDirectory } from '../../directory/vm-directory.ts';
import { Relay, type RelayedService } from './relay.ts';

/** How a tool of the host uses each service, at a socket. */
const USES: Readonly<Record<RelayedService, (socket: string) => string>> = {
  api: (socket) => `API: curl --unix-socket ${socket} http://guest/settings`,
  cri: (socket) => `CRI: crictl --runtime-endpoint unix://${socket} --image-endpoint unix://${socket} images`,
  docker: (socket) => `Docker: docker -H unix://${socket} images`,
};

export interface Relays extends Disposable {
  /** What a person can type to reach the machine. */
  readonly uses: readonly string[];
}

interface Relayed {
  readonly directory: Pick<VmDirectory, 'file'>;
  readonly connections: Pick<Connections, 'bridge'>;
}

/** Sockets that lead to the services that the machine's image has. */
export async function relaysOf(
  { directory, connections }: Relayed,
  { profile, capabilities }: Pick<Image, 'profile' | 'capabilities'>,
): Promise<Relays> {
  const services = servicesOf(profile.ready.hostApi === true, capabilities);
  const relays = await Promise.all(
    services.map((service) => Relay.listen(directory.file(`${service}.sock`), connections.bridge, service)),
  );
  return {
    uses: relays.map(({ path, service }) => USES[service](path)),
    [Symbol.dispose]: () => {
      for (const relay of relays) relay[Symbol.dispose]();
    },
  };
}

function servicesOf(hasApi: boolean, capabilities: Image['capabilities']): RelayedService[] {
  return [
    ...(hasApi ? (['api'] as const) : []),
    ...(['cri', 'docker'] as const).filter((service) => capabilities.has(service)),
  ];
}
