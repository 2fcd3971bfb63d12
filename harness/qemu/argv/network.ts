import { shellQuote } from '../../process/shell-quote.ts';
import { optionString } from './option-string.ts';
import type { QemuOptions } from './options.ts';

/** Where a guest finds the services that its network leads to; QEMU's user network is 10.0.2.0/24. */
export const SERVICES_ADDRESS = '10.0.2.100';

export function network(network: QemuOptions['network']): string[] {
  if (network === undefined) return [];
  const forwards = network.forwards.map(
    ({ hostPort, guestPort }) => `hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`,
  );
  const services = network.services.map(({ address, port, command }) =>
    optionString('', { guestfwd: `tcp:${address}:${port}-cmd:${shellQuote(command)}` }),
  );
  return [
    // restrict: the guest reaches neither the host nor the world, only its services, and answers what is forwarded.
    ...['-netdev', ['user', 'id=net0', 'restrict=on', 'ipv6=off', ...forwards, ...services].join(',')],
    // An empty option ROM, or the firmware tries to boot from the network.
    ...['-device', 'virtio-net-pci,netdev=net0,romfile='],
  ];
}
