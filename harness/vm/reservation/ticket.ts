import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startTimeOf } from '../../process/stat.ts';

/** What a machine takes from its host. */
export interface Need {
  readonly memoryMiB: number;
  readonly cpus: number;
}

/** One machine's place in the queue for what the host has: those that fit hold it, the others wait. */
export interface Ticket extends Need {
  readonly name: string;
  readonly pid: number;
}

const NAME = /^(\d{15})-(\d+)-(\d+)-(\d+)-(\d+)mib-(\d+)cpu$/;

let drawn = 0;

/** The file's name holds everything, so that a visible ticket is a complete one. */
export function drawTicket(directory: string, { memoryMiB, cpus }: Need): Ticket {
  const { pid } = process;
  const owner = `${pid}-${startTimeOf(pid) ?? '0'}-${++drawn}`;
  const name = `${String(Date.now()).padStart(15, '0')}-${owner}-${memoryMiB}mib-${cpus}cpu`;
  writeFileSync(join(directory, name), '', { flag: 'wx', mode: 0o600 });
  return { name, pid, memoryMiB, cpus };
}

export function returnTicket(directory: string, { name }: Ticket): void {
  rmSync(join(directory, name), { force: true });
}

/** The tickets of all processes that live, in their order. Those of the dead are removed. */
export function ticketsIn(directory: string): Ticket[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const [, , pid, started, , memoryMiB, cpus] = NAME.exec(name) ?? [];
      if (pid === undefined) return [];
      const ticket = { name, pid: Number(pid), memoryMiB: Number(memoryMiB), cpus: Number(cpus) };
      if (startTimeOf(ticket.pid) === started) return [ticket];
      returnTicket(directory, ticket);
      return [];
    });
}
