import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRunAlive } from '../../process/run-root.ts';

/** What a machine takes from its host. */
export interface Need {
  readonly memoryMiB: number;
  readonly cpus: number;
}

/** One machine's place in the queue for what the host has: those that fit hold it, the others wait. */
export interface Ticket extends Need {
  readonly name: string;
  /** The run of the process that drew it. */
  readonly run: string;
}

const NAME = /^\d{15}-(run-[0-9a-f]+)-\d+-(\d+)mib-(\d+)cpu$/;

let drawn = 0;

/** The file's name holds everything, so that a visible ticket is a complete one. */
export function drawTicket(directory: string, run: string, { memoryMiB, cpus }: Need): Ticket {
  const name = `${String(Date.now()).padStart(15, '0')}-${run}-${++drawn}-${memoryMiB}mib-${cpus}cpu`;
  writeFileSync(join(directory, name), '', { flag: 'wx', mode: 0o600 });
  return { name, run, memoryMiB, cpus };
}

export function returnTicket(directory: string, { name }: Ticket): void {
  rmSync(join(directory, name), { force: true });
}

/** The tickets of all processes, in their order; some may have died. */
export function ticketsIn(directory: string): Ticket[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const [, run, memoryMiB, cpus] = NAME.exec(name) ?? [];
      return run === undefined ? [] : [{ name, run, memoryMiB: Number(memoryMiB), cpus: Number(cpus) }];
    });
}

/** Returns the tickets that dead processes have drawn. Takes some milliseconds of a child for each process. */
export async function returnTicketsOfDead(directory: string): Promise<void> {
  const tickets = ticketsIn(directory);
  const runs = new Set(tickets.map(({ run }) => run));
  const dead = await Promise.all([...runs].map(async (run) => ((await isRunAlive(run)) ? [] : [run])));
  for (const ticket of tickets.filter(({ run }) => dead.flat().includes(run)))
    returnTicket(directory, ticket);
}
