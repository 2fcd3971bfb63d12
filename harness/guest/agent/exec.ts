import { setTimeout as sleep } from 'node:timers/promises';

import type { Deadline } from '../../util/deadline.ts';
import { UsageError, WaitTimeoutError } from '../../util/errors.ts';
import type { Ask } from './ask.ts';
import { execSchema, execStatusSchema } from './schemas.ts';

const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 500;

export interface ExecOptions {
  /** The program goes on in the guest when it has passed. */
  readonly deadline: Deadline;
  /** Standard input. Default: none. */
  readonly input?: string | Uint8Array;
  /** Takes the place of the agent's own environment, PATH included. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecResult {
  /** 128 and the signal's number for a program that a signal ended, as shells report it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The agent captures the first 16 MiB of either. */
  readonly truncated: boolean;
}

/** Runs a program in the guest and waits for its end. */
export async function exec(ask: Ask, argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const { deadline, input, env } = options;
  const [path, ...arg] = argv;
  if (path === undefined) throw new UsageError('A command for the guest agent needs at least a program.');
  const args = {
    ...{ path, arg, 'capture-output': true },
    ...(input !== undefined && { 'input-data': Buffer.from(input).toString('base64') }),
    ...(env !== undefined && { env: Object.entries(env).map(([name, value]) => `${name}=${value}`) }),
  };
  const { pid } = await ask('guest-exec', args, execSchema, deadline);
  const running = `${path} still runs in the guest, as process ${pid}`;
  let hasBeenSeen = false;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
    const status = await ask('guest-exec-status', { pid }, execStatusSchema, deadline).catch(
      (error: unknown) => {
        // The time was up in the middle of a question: what was waited for is the program, not the answer.
        if (hasBeenSeen && error instanceof WaitTimeoutError) throw deadline.error(running);
        throw error;
      },
    );
    if (status.exited) {
      return {
        exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
        stdout: decode(status['out-data']),
        stderr: decode(status['err-data']),
        truncated: status['out-truncated'] === true || status['err-truncated'] === true,
      };
    }
    hasBeenSeen = true;
    if (deadline.expired) throw deadline.error(running);
    await sleep(Math.min(pollMs, deadline.remainingMs()));
  }
}

function decode(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString();
}
