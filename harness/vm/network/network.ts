import { join } from 'node:path';

import { SERVICES_ADDRESS } from '../../qemu/argv/network.ts';
import type { Network } from '../../qemu/argv/options.ts';
import type { MachineSpec } from '../spec.ts';
import { ownImds, type Cloudy } from './own-imds.ts';

/** Plain JavaScript, because it is started for every connection and a compiler would cost more than the rest of it. */
const RELAY = join(import.meta.dirname, 'relay-to-socket.js');

/**
 * QEMU's options for a guest network that reaches what the spec says; undefined when it needs no card.
 *
 * @param file the path of a file in the machine's directory.
 */
export function networkOf(
  spec: Pick<MachineSpec, 'network' | 'services'> & Cloudy,
  file: (name: string) => string,
): Network | undefined {
  const { network } = spec;
  const services = [...(spec.services ?? []), ...ownImds(spec, file)];
  if (network === undefined && services.length === 0) return undefined;
  return {
    forwards: network?.forwards ?? [],
    services: services.map(({ address = SERVICES_ADDRESS, port, socket }) => ({
      ...{ address, port },
      command: [process.execPath, RELAY, socket],
    })),
  };
}
