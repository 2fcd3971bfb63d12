import type { Architecture } from '../../util/architecture.ts';
import type { ResolvedSpec } from '../spec.ts';
import type { Need } from './ticket.ts';

/** What QEMU takes in addition to the guest's memory: translated code, device models, both flash chips. */
const OVERHEAD_MIB = 256;

/**
 * What a fork has for itself once it has answered, by `npm run bench -- fork`, and as much again for what it is going to
 * write. Two flash chips of 64 MiB are a part of each Arm machine.
 */
const FORK_MIB: Readonly<Record<Architecture, number>> = { x86_64: 96, aarch64: 256 };

export function needOf({ image, memoryMiB, cpus }: ResolvedSpec, isFork: boolean): Need {
  return { memoryMiB: isFork ? FORK_MIB[image.arch] : memoryMiB + OVERHEAD_MIB, cpus };
}
