import type { Deadline } from '../../../util/deadline.ts';
import { Cable, type WithCable } from './cable.ts';
import { scanLink, type ReachablePort, type ScanOptions } from './scan.ts';

/**
 * Scans the machine from its network: every TCP and UDP port, by IPv4 and IPv6, at the host's end of its card. The guest has
 * no say in it, except that a kernel limits how many closed UDP ports it reports in a second (net.ipv4.icmp_ratemask,
 * net.ipv6.icmp.ratemask): a port that it keeps silent about counts as reachable.
 *
 * @returns the ports that have not said that they are closed.
 * @throws {QmpCommandError} when the machine has no network card. @throws {WaitTimeoutError}
 */
export async function scanPorts(
  machine: WithCable,
  deadline: Deadline,
  options?: ScanOptions,
): Promise<ReachablePort[]> {
  await using cable = await Cable.tap(machine, deadline);
  return await scanLink(cable, deadline, options);
}
