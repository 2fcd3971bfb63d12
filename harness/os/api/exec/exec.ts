import type { Duplex } from 'node:stream';

import { openWebSocket } from '../../../guest/http/web-socket.ts';
import type { Deadline } from '../../../util/deadline.ts';
import type { CallOptions } from '../call.ts';
import { initializeMessage, type TerminalSize } from './messages.ts';
import { ExecSession } from './session.ts';

/** For a command that doesn't wait by itself, with the start of its process under emulation. */
const EXEC_MS = 60_000;
/** What a terminal has when nothing is asked for. */
const USUAL_SIZE: TerminalSize = { rows: 24, cols: 80 };

export interface ExecOptions extends CallOptions {
  /** Runs it in a terminal. Default: without one. */
  readonly tty?: boolean | TerminalSize | undefined;
}

export interface ExecResult {
  /** 128 and the signal's number for a command that a signal ended. */
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** How sessions are opened. */
interface Caller {
  readonly connect: (deadline: Deadline) => Promise<() => Duplex>;
  readonly within: (timeoutMs: number, what: string) => Deadline;
}

/** The part of the host API that runs commands in host containers. */
export function execCalls({ connect, within }: Caller) {
  const open = async (container: string, argv: readonly string[], options: ExecOptions = {}) => {
    const { tty = false } = options;
    const size = tty === true ? USUAL_SIZE : tty === false ? undefined : tty;
    const initialize = initializeMessage(container, argv, size);
    const command = `"${argv.join(' ')}" in container ${container}`;
    const deadline = options.deadline ?? within(EXEC_MS, `a session for ${command}`);
    const socket = await openWebSocket(await connect(deadline), '/exec', deadline);
    const session = new ExecSession(socket, command, (what) => within(EXEC_MS, what));
    socket.send(initialize);
    return session;
  };
  return {
    /**
     * Starts a command, to write to it and to see what it answers.
     *
     * @throws {GuestApiError} when there are too many sessions. @throws {GuestConnectionError} @throws {WaitTimeoutError}
     */
    open,

    /**
     * Runs a command to its end.
     *
     * @param options.stdin its whole input; default: none.
     * @throws {ExecError} when it can't be run. @throws {WaitTimeoutError} after which it is killed.
     */
    run: async (
      container: string,
      argv: readonly string[],
      options: ExecOptions & { readonly stdin?: string | Uint8Array | undefined } = {},
    ): Promise<ExecResult> => {
      const deadline = options.deadline ?? within(EXEC_MS, `the end of "${argv.join(' ')}" in ${container}`);
      await using session = await open(container, argv, { ...options, deadline });
      const ended = session.waitForExit({ deadline });
      // A command may end without reading its input.
      await Promise.race([ended, feed(session, options.stdin ?? '', deadline)]);
      const exitCode = await ended;
      return { exitCode, output: session.output };
    },
  };
}

async function feed(session: ExecSession, stdin: string | Uint8Array, deadline: Deadline): Promise<void> {
  await session.write(stdin, { deadline });
  session.endInput();
}
