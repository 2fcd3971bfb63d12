import { join } from 'node:path';

import type { CurrentLimit } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { InfrastructureError, messageOf, WaitTimeoutError } from '../../util/errors.ts';
import { makePrivateDirectory } from '../../util/files/private-directory.ts';
import { baseDirectory, runName } from '../../process/run-root.ts';
import { reasonToWait, type Capacity } from './admission.ts';
import { hostCapacity } from './capacity.ts';
import {
  drawTicket,
  returnTicket,
  returnTicketsOfDead,
  ticketsIn,
  type Need,
  type Ticket,
} from './ticket.ts';

const LOOK_EVERY_MS = 100;
/** It takes a child for each process that has a ticket. */
const LOOK_FOR_DEAD_EVERY_MS = 1000;
/** Shorter than tests may take, which is what waits. */
const WAIT_MS = 5 * 60_000;

export interface ReserveOptions {
  readonly signal?: AbortSignal;
  /** Ends the wait for room earlier. */
  readonly limit?: CurrentLimit;
  /** Called once if there is something to wait for. */
  readonly notice?: (text: string) => void;
  readonly directory?: string;
  readonly capacity?: () => Capacity;
  readonly waitMs?: number;
}

export interface Reservation {
  release(): void;
}

/**
 * Waits until the host has room for one more machine, among those of all processes of this user.
 *
 * @throws {InfrastructureError} when the host never can have it, or did not for five minutes.
 */
export async function reserve(
  need: Need,
  {
    signal,
    notice = () => undefined,
    directory = join(baseDirectory(), 'reservations'),
    capacity = hostCapacity,
    limit,
    waitMs = Math.min(WAIT_MS, limit?.()?.remainingMs() ?? WAIT_MS),
  }: ReserveOptions = {},
): Promise<Reservation> {
  const { memoryMiB } = capacity();
  if (need.memoryMiB > memoryMiB) {
    throw new InfrastructureError(
      `A machine needs ${need.memoryMiB} MiB; this host has ${memoryMiB} MiB for all machines together.`,
      { hint: 'Give the machine less memory, or use a larger host.' },
    );
  }
  makePrivateDirectory(directory);
  const ticket = drawTicket(directory, await runName(), need);
  const release = (): void => {
    returnTicket(directory, ticket);
  };
  try {
    await admitted(ticket);
    return { release };
  } catch (error) {
    release();
    if (!(error instanceof WaitTimeoutError)) throw error;
    throw new InfrastructureError(messageOf(error), {
      cause: error,
      hint: 'End other machines and programs, or run fewer suites at once.',
    });
  }

  async function admitted(mine: Ticket): Promise<void> {
    let reason: string | undefined;
    let noticed = false;
    let lookForDeadAtMs = 0;
    await Deadline.after(waitMs, `room for a machine of ${need.memoryMiB} MiB`).poll(
      async () => {
        signal?.throwIfAborted();
        reason = reasonToWait(mine, ticketsIn(directory), capacity());
        if (reason !== undefined && performance.now() >= lookForDeadAtMs) {
          lookForDeadAtMs = performance.now() + LOOK_FOR_DEAD_EVERY_MS;
          await returnTicketsOfDead(directory);
          reason = reasonToWait(mine, ticketsIn(directory), capacity());
        }
        if (reason === undefined) return true;
        if (!noticed) notice(`waits for room on this host: ${reason}`);
        noticed = true;
        return undefined;
      },
      LOOK_EVERY_MS,
      () => reason ?? '',
    );
  }
}
