import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { Client } from 'undici';

import { httpConnector } from '../../../harness/guest/http/connector.ts';
import type { Image } from '../../../harness/image/open.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import type { MachineSpec } from '../../../harness/vm/spec.ts';
import type { Vm } from '../../../harness/vm/vm.ts';

/** Where `images/os/bench/bench-service` listens. */
const SERVICE = 'bench';
const GUEST_PORT = 7777;

/** The slowest exchange is limited by its deadline, not by these. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** Two transports to the same service of the same machine. */
export const TRANSPORTS = ['virtio-serial', 'slirp'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** @throws {UsageError} for an image without the service. */
export async function machineOf(image: Image): Promise<{ spec: MachineSpec; hostPort: number }> {
  if (!image.capabilities.has('bench-service')) {
    throw new UsageError(`${image.path} has no bench service to measure against.`, {
      hint: 'Measure the variant metal-dev, or give an image that lists the capability bench-service.',
    });
  }
  const hostPort = await freePort();
  return {
    spec: { image, label: 'api', network: { forwards: [{ hostPort, guestPort: GUEST_PORT }] } },
    hostPort,
  };
}

/** One connection each, kept alive. */
export function connect(vm: Vm, hostPort: number): Record<Transport, Client> {
  return {
    'virtio-serial': new Client('http://guest', {
      connect: httpConnector(vm.bridge, SERVICE),
      ...NO_TIMEOUTS,
    }),
    slirp: new Client(`http://127.0.0.1:${hostPort}`, NO_TIMEOUTS),
  };
}

/** Free a moment ago; QEMU reports the error when another process has taken it since. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
