import { once } from 'node:events';
import { createConnection } from 'node:net';

import { z } from 'zod';

import { Deadline } from '../../util/deadline.ts';
import { EXIT_CODES, ImageError, InfrastructureError, messageOf, UsageError } from '../../util/errors.ts';
import { readLine } from './line.ts';
import {
  answerSchema,
  MAX_ANSWER_BYTES,
  RESULTS,
  type ControlAnswer,
  type Operation,
  type RequestOf,
  type ResultOf,
} from './protocol.ts';

/** An operation has a deadline of its own on the other side; this is for a process that is stopped or hangs. */
const ANSWER_MS = 15 * 60_000;

export interface AskOptions {
  /** Default: longer than any operation takes. */
  readonly timeoutMs?: number;
}

/**
 * Asks whoever holds a machine to do something with it.
 *
 * @param socket the control socket of the machine.
 * @throws {HotfireError} of the same fault as the one on the other side; {InfrastructureError} when there is no answer.
 */
export async function ask<Op extends Operation>(
  socket: string,
  request: RequestOf<Op>,
  { timeoutMs = ANSWER_MS }: AskOptions = {},
): Promise<ResultOf<Op>> {
  const answer = await exchange(socket, request, Deadline.after(timeoutMs, `an answer from ${socket}`));
  if (answer.ok) return z.parse(RESULTS[request.op], answer.result) as ResultOf<Op>;
  throw new (faultOf(answer.exitCode))(answer.message);
}

async function exchange(socket: string, request: object, deadline: Deadline): Promise<ControlAnswer> {
  const connection = createConnection(socket);
  try {
    await deadline.race(once(connection, 'connect'));
    // What is left to say of it is that no line came.
    connection.on('error', () => undefined);
    connection.write(`${JSON.stringify(request)}\n`);
    const line = await readLine(connection, MAX_ANSWER_BYTES, deadline);
    if (line === undefined) throw new Error('it hung up');
    return answerSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new InfrastructureError(`The machine's holder gave no answer at ${socket}: ${messageOf(error)}.`, {
      cause: error,
    });
  } finally {
    connection.destroy();
  }
}

function faultOf(exitCode: number): new (message: string) => Error {
  if (exitCode === EXIT_CODES.wrongUse) return UsageError;
  return exitCode === EXIT_CODES.infrastructure ? InfrastructureError : ImageError;
}
