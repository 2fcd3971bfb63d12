import { findFirmware, type Firmware } from '../../firmware/find.ts';
import { installHint } from '../process/host-tools.ts';
import type { Architecture } from '../util/architecture.ts';
import { MACHINES } from './machines/index.ts';

/**
 * The UEFI firmware, without Secure Boot, that this host prefers for machines of an architecture.
 *
 * @throws {InfrastructureError} if it has none.
 */
export function findMachineFirmware(arch: Architecture): Promise<Firmware> {
  const request = { arch, machine: MACHINES[arch].versionedName, secureBoot: false };
  return findFirmware(request, installHint(`firmware:${arch}`));
}
