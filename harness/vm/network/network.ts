import { join } from 'node:path';

import type { Network } from '../../qemu/argv/options.ts';
import type { NetworkSpec } from '../spec.ts';

/** Plain JavaScript, because it is started for every connection and a compiler would cost more than the rest of it. */
const RELAY = join(import.meta.dirname, 'relay-to-socket.js');

/** What QEMU must be told so that the guest's network leads where the spec says. */
export function networkOf({ forwards = [], services = [] }: NetworkSpec): Network {
  return {
    forwards,
    services: services.map(({ guestPort, socket }) => ({
      guestPort,
      command: [process.execPath, RELAY, socket],
    })),
  };
}
