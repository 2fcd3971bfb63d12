import { randomInt } from 'node:crypto';

import type { Deadline } from '../../util/deadline.ts';
import { WaitTimeoutError } from '../../util/errors.ts';
import { Turns } from '../../util/turns.ts';
import { parseAnswer } from './answers.ts';
import { GuestAgentError, GuestResetError, refused } from './errors.ts';
import { SENTINEL } from './lines.ts';
import { AgentPort, type Judge } from './port.ts';

/** Only the answer to the last sync counts, so a slow guest must be given longer and longer. */
const FIRST_SYNC_TIMEOUT_MS = 1000;
const LONGEST_SYNC_TIMEOUT_MS = 16_000;
const MAX_SYNC_ID = 2 ** 47;

/**
 * One command after the other to a guest agent, each answered by itself and not by a stale answer. As the protocol asks,
 * guest-sync-delimited comes first on every new connection, and after each command that was not answered as it should be.
 */
export class AgentChannel implements AsyncDisposable {
  readonly #port: AgentPort;
  readonly #turns = new Turns();
  #synced = false;

  private constructor(port: AgentPort) {
    this.#port = port;
  }

  /** @throws {InfrastructureError} when QEMU doesn't offer the socket by the deadline. */
  static async connect(path: string, deadline: Deadline): Promise<AgentChannel> {
    return new AgentChannel(await AgentPort.connect(path, deadline));
  }

  /** Waits until the agent answers. @throws {WaitTimeoutError} @throws {GuestAgentLostError} */
  sync(deadline: Deadline): Promise<void> {
    return this.#inTurn(deadline, () => this.#sync(deadline));
  }

  /**
   * @returns what the agent returned; its shape is for the caller to check.
   * @throws {GuestAgentError} when the agent refuses, answers nonsense, or the machine is reset.
   * @throws {WaitTimeoutError} @throws {GuestAgentLostError}
   */
  call(command: string, args: object | undefined, deadline: Deadline): Promise<unknown> {
    return this.#inTurn(deadline, async () => {
      if (!this.#synced) await this.#sync(deadline);
      this.#synced = false;
      const request = encode(command, args);
      const patience = deadline.within(deadline.remainingMs(), `the guest agent to answer "${command}"`);
      const answer = await this.#port.ask(request, judgeOf(command), patience).catch((error: unknown) => {
        throw error instanceof GuestResetError
          ? new GuestAgentError(command, 'the machine was reset.')
          : error;
      });
      this.#synced = true;
      if ('error' in answer) throw refused(command, answer.error);
      return answer.return;
    });
  }

  /** To be called when QMP reports RESET. */
  guestReset(): void {
    this.#synced = false;
    this.#port.reset();
  }

  async close(): Promise<void> {
    await this.#port.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #inTurn<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(deadline, () => `an earlier command still waits; ${this.#port.lastSeen}`, work);
  }

  /** Until the agent runs, what is sent waits in QEMU; but what an agent had half read when it ended is lost. */
  async #sync(deadline: Deadline): Promise<void> {
    for (
      let timeoutMs = FIRST_SYNC_TIMEOUT_MS;
      ;
      timeoutMs = Math.min(2 * timeoutMs, LONGEST_SYNC_TIMEOUT_MS)
    ) {
      const id = randomInt(1, MAX_SYNC_ID);
      const request = Buffer.concat([Buffer.of(SENTINEL), encode('guest-sync-delimited', { id })]);
      try {
        await this.#port.ask(request, judgeOfSync(id), deadline.within(timeoutMs, deadline.what));
        this.#synced = true;
        return;
      } catch (error) {
        if (!(error instanceof WaitTimeoutError || error instanceof GuestResetError)) throw error;
        if (deadline.expired) throw deadline.error(this.#port.lastSeen);
      }
    }
  }
}

function encode(command: string, args: object | undefined): Buffer {
  return Buffer.from(`${JSON.stringify({ execute: command, arguments: args })}\n`);
}

function judgeOf(command: string): Judge {
  return ({ text }) => {
    if (text === undefined) return new GuestAgentError(command, 'its answer is longer than any of qemu-ga.');
    return (
      parseAnswer(text) ?? new GuestAgentError(command, `it answered ${JSON.stringify(text.slice(0, 200))}.`)
    );
  };
}

/** All but the answer with this id behind a sentinel is left over from before. */
function judgeOfSync(id: number): Judge {
  return ({ text, delimited }) => {
    const answer = delimited && text !== undefined ? parseAnswer(text) : undefined;
    return answer !== undefined && 'return' in answer && answer.return === id ? answer : undefined;
  };
}
