import { matchesGlob } from './glob.ts';
import type { Descriptor } from './descriptor.ts';

export interface FirmwareRequest {
  /** QEMU's name of it, such as x86_64. */
  readonly arch: string;
  /** A versioned machine name, such as pc-q35-7.2. */
  readonly machine: string;
  /** Firmware with Secure Boot switched on; otherwise one without the feature. */
  readonly secureBoot: boolean;
}

/**
 * Why this firmware does not fit, or undefined if it does. Secure Boot means that it is really on: the firmware can do
 * it and its variable store already holds keys. Without it neither may be there: the firmware would refuse our loader.
 */
export function mismatch(descriptor: Descriptor, request: FirmwareRequest): string | undefined {
  const { mapping, targets, features } = descriptor;
  const forArchitecture = targets.filter(({ architecture }) => architecture === request.arch);
  if (forArchitecture.length === 0) return `is for ${list(targets.map((target) => target.architecture))}`;
  const machines = forArchitecture.flatMap((target) => target.machines);
  if (!machines.some((pattern) => matchesGlob(request.machine, pattern))) {
    return `is for the machines ${list(machines)}, not ${request.machine}`;
  }
  if (!descriptor['interface-types'].includes('uefi')) {
    return `offers ${list(descriptor['interface-types'])}, not uefi`;
  }
  if (mapping.device !== 'flash') return `is loaded as ${mapping.device}, not as flash`;
  const can = features.includes('secure-boot');
  const enrolled = features.includes('enrolled-keys');
  if (request.secureBoot && !can) return 'lacks the feature secure-boot';
  if (request.secureBoot && !enrolled) return 'lacks the feature enrolled-keys, so Secure Boot would be off';
  if (!request.secureBoot && can) return 'has the feature secure-boot, which was not asked for';
  return undefined;
}

function list(values: readonly string[]): string {
  return [...new Set(values)].join(', ') || 'nothing';
}
