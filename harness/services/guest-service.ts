import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { runRoot } from '../process/run-root.ts';

/** A server of the harness that a guest reaches over its network card. A machine takes any number of them. */
export interface GuestService {
  /** An IPv4 address of the guest's network. Default: `SERVICES_ADDRESS`. */
  readonly address?: string;
  /** The TCP port at which the guest finds it. */
  readonly port: number;
  /** The unix socket of the host on which it listens. */
  readonly socket: string;
  /** User-data of the profile's kind, with which the guest finds it; absent when the guest needs none. */
  readonly settings?: string;
}

/** A path for the socket of a service, which is there for as long as the run. */
export async function serviceSocket(): Promise<string> {
  return join(await runRoot(), `service-${randomUUID()}`);
}
