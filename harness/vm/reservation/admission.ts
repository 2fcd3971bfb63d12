import type { Need, Ticket } from './ticket.ts';

export interface Capacity {
  /** For all machines together. */
  readonly memoryMiB: number;
  readonly cpus: number;
  /** What the host can spare at this moment, whatever uses the rest. */
  readonly availableMiB: number;
}

/**
 * Why a ticket has to wait; undefined when its machine may start. Tickets are served in order. A process that has a machine already
 * doesn't wait for CPUs: its machines often wait for each other, and too many of them are slow, not broken.
 */
export function reasonToWait(
  ticket: Ticket,
  queue: readonly Ticket[],
  capacity: Capacity,
): string | undefined {
  const before = queue.filter(({ name }) => name < ticket.name);
  const taken = before.reduce<Need>(
    (sum, { memoryMiB, cpus }) => ({ memoryMiB: sum.memoryMiB + memoryMiB, cpus: sum.cpus + cpus }),
    { memoryMiB: 0, cpus: 0 },
  );
  if (taken.memoryMiB + ticket.memoryMiB > capacity.memoryMiB) {
    return `${before.length} machines have ${taken.memoryMiB} of ${capacity.memoryMiB} MiB for machines`;
  }
  if (ticket.memoryMiB > capacity.availableMiB) return `the host can spare ${capacity.availableMiB} MiB now`;
  const isFirst = before.every(({ run }) => run !== ticket.run);
  if (isFirst && before.length > 0 && taken.cpus + ticket.cpus > capacity.cpus) {
    return `${before.length} machines have ${taken.cpus} virtual CPUs`;
  }
  return undefined;
}
