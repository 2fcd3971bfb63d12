import { shellQuote } from '../../process/shell-quote.ts';
import { optionString } from './option-string.ts';
import type { GuestForward, Network, QemuOptions } from './options.ts';

/** Where a guest finds the services that its network leads to; QEMU's user network is 10.0.2.0/24. */
export const SERVICES_ADDRESS = '10.0.2.100';

/** Where clouds have their metadata service: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html. */
export const IMDS_ADDRESS = '169.254.169.254';

/** RFC 3927. QEMU leads only to addresses of a card's own network, so these have a card for themselves. */
const LINK_LOCAL = { id: 'link-local', options: ['net=169.254.0.0/16'], prefix: '169.254.' } as const;

export function isLinkLocal(address: string): boolean {
  return address.startsWith(LINK_LOCAL.prefix);
}

export function network(network: QemuOptions['network']): string[] {
  if (network === undefined) return [];
  const linkLocal = network.services.filter(({ address }) => isLinkLocal(address));
  const others = network.services.filter(({ address }) => !isLinkLocal(address));
  return [
    // The first card of the guest: images made for a cloud configure no other.
    ...(linkLocal.length > 0 ? card(LINK_LOCAL.id, [...LINK_LOCAL.options, ...linkLocal.map(leadTo)]) : []),
    ...card('net0', [...network.forwards.map(forward), ...others.map(leadTo)]),
  ];
}

function card(id: string, options: readonly string[]): string[] {
  return [
    // restrict: the guest reaches neither the host nor the world, only its services, and answers what is forwarded.
    ...['-netdev', ['user', `id=${id}`, 'restrict=on', 'ipv6=off', ...options].join(',')],
    // An empty option ROM, or the firmware tries to boot from the network.
    ...['-device', `virtio-net-pci,netdev=${id},romfile=`],
  ];
}

function forward({ hostPort, guestPort }: Network['forwards'][number]): string {
  return `hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`;
}

function leadTo({ address, port, command }: GuestForward): string {
  return optionString('', { guestfwd: `tcp:${address}:${port}-cmd:${shellQuote(command)}` });
}
