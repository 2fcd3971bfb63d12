import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

import type { Capacity } from './admission.ts';

/** The rest is for the host, its file cache, and what QEMU takes beyond what was foreseen. */
const MEMORY_FRACTION = 0.9;
/** A guest is idle more than half of the time. */
const CPUS_PER_HOST_CPU = 3;
const MIB = 2 ** 20;

/** What the kernel and the control groups of this process allow. */
export interface Limits {
  readonly memoryBytes: number;
  /** Of the control group: an enormous number without a limit, 0 where it is unknown. */
  readonly groupMemoryBytes: number;
  readonly availableBytes: number;
  readonly cpus: number;
  /** Of the control groups: Infinity without a limit. */
  readonly groupCpus: number;
}

/** What is there for machines. */
export function hostCapacity(limits: Limits = currentLimits()): Capacity {
  const { memoryBytes, groupMemoryBytes, availableBytes, cpus, groupCpus } = limits;
  const usableBytes = Math.min(memoryBytes, groupMemoryBytes || Infinity);
  return {
    memoryMiB: Math.floor((usableBytes * MEMORY_FRACTION) / MIB),
    cpus: Math.ceil(CPUS_PER_HOST_CPU * Math.min(cpus, groupCpus)),
    availableMiB: Math.floor(availableBytes / MIB),
  };
}

function currentLimits(): Limits {
  return {
    memoryBytes: totalmem(),
    groupMemoryBytes: process.constrainedMemory(),
    availableBytes: process.availableMemory(),
    cpus: availableParallelism(),
    groupCpus: cpusOfGroups(),
  };
}

/**
 * The least that a control group around this process allows, of version 2: cpu.max in the kernel's admin-guide/cgroup-v2.
 * Node 20 knows their memory limits, but not these.
 */
export function cpusOfGroups(root = '/sys/fs/cgroup', membership = '/proc/self/cgroup'): number {
  const own = /^0::\/(.*)$/m.exec(readIfThere(membership))?.[1] ?? '';
  const names = own.split('/').filter((name) => name !== '');
  const groups = [root, ...names.map((_name, index) => join(root, ...names.slice(0, index + 1)))];
  return Math.min(...groups.map((group) => cpusIn(readIfThere(join(group, 'cpu.max')))));
}

/** "max 100000" or "150000 100000": so many microseconds of CPU time in each period. */
function cpusIn(cpuMax: string): number {
  const [, quota, period] = /^(\d+) (\d+)$/.exec(cpuMax.trim()) ?? [];
  return quota === undefined ? Infinity : Number(quota) / Number(period);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
