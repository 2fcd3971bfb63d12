import { z } from 'zod';

import type { Deadlines } from '../../qemu/deadlines.ts';
import type { Deadline } from '../../util/deadline.ts';
import { WaitTimeoutError } from '../../util/errors.ts';
import { askThrough, type Ask } from './ask.ts';
import { AgentChannel } from './channel.ts';
import { GuestAgentError, GuestAgentLostError } from './errors.ts';
import { exec, type ExecOptions, type ExecResult } from './exec.ts';
import { readFile, writeFile, type ReadFileOptions } from './files.ts';
import { infoSchema } from './schemas.ts';

/** Enough for a guest under KVM on the reference host to answer, or to run a program that does not wait. */
const WAIT_MS = 20_000;
/** A refusal comes at once; success has no answer. */
const REFUSAL_TIMEOUT_MS = 2000;

export interface GuestAgentInfo {
  readonly version: string;
  /** Those that are not blocked in the guest. */
  readonly commands: ReadonlySet<string>;
}

/**
 * QEMU's guest agent (qemu-ga) in a guest that runs it: programs and files of any OS, without a program of ours. All
 * methods throw {GuestAgentError} for what the agent refuses, {WaitTimeoutError}, and {GuestAgentLostError} when the
 * machine is gone.
 */
export class GuestAgent implements AsyncDisposable {
  readonly #channel: AgentChannel;
  readonly #ask: Ask;
  readonly #deadlines: Deadlines;

  private constructor(channel: AgentChannel, deadlines: Deadlines) {
    this.#channel = channel;
    this.#deadlines = deadlines;
    this.#ask = askThrough(channel);
  }

  /**
   * Opens the character device, whether there is an agent in the guest or not.
   *
   * @param deadlines make those of waits that are given none.
   * @throws {InfrastructureError} when QEMU doesn't offer the socket by the deadline.
   */
  static async connect(path: string, deadline: Deadline, deadlines: Deadlines): Promise<GuestAgent> {
    return new GuestAgent(await AgentChannel.connect(path, deadline), deadlines);
  }

  async waitUntilReady(deadline = this.#within('an answer')): Promise<void> {
    await this.#channel.sync(deadline);
  }

  async ping(deadline = this.#within('guest-ping')): Promise<void> {
    await this.#ask('guest-ping', undefined, z.unknown(), deadline);
  }

  async info(deadline = this.#within('guest-info')): Promise<GuestAgentInfo> {
    const { version, supported_commands: all } = await this.#ask(
      'guest-info',
      undefined,
      infoSchema,
      deadline,
    );
    return { version, commands: new Set(all.filter(({ enabled }) => enabled).map(({ name }) => name)) };
  }

  /** Runs a program, found through the agent's PATH, and waits for its end, whatever its exit code. */
  exec(argv: readonly [string, ...string[]], options: Partial<ExecOptions> = {}): Promise<ExecResult> {
    return exec(this.#ask, argv, { deadline: this.#within(argv.join(' ')), ...options });
  }

  /** @throws {ImageError} when the file is larger than `maxBytes`. */
  readFile(path: string, options: Partial<ReadFileOptions> = {}): Promise<Buffer> {
    return readFile(this.#ask, path, { deadline: this.#within(`the contents of ${path}`), ...options });
  }

  /** The file is made, or its contents replaced. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    deadline = this.#within(`${path} to be written`),
  ): Promise<void> {
    return writeFile(this.#ask, path, content, deadline);
  }

  /** Sets the guest's clocks. */
  async setTime(time: Date, deadline = this.#within('guest-set-time')): Promise<void> {
    await this.#ask('guest-set-time', { time: time.getTime() * 1e6 }, z.unknown(), deadline);
  }

  /** @returns the number of file systems that take no writes until `thaw`. */
  freeze(deadline = this.#within('guest-fsfreeze-freeze')): Promise<number> {
    return this.#ask('guest-fsfreeze-freeze', undefined, z.int(), deadline);
  }

  /** @returns the number of file systems that were frozen. */
  thaw(deadline = this.#within('guest-fsfreeze-thaw')): Promise<number> {
    return this.#ask('guest-fsfreeze-thaw', undefined, z.int(), deadline);
  }

  /** Asks the OS to go down and does not wait for that: QMP reports when it has. */
  async shutdown(mode: 'powerdown' | 'reboot', deadline = this.#within('guest-shutdown')): Promise<void> {
    await this.waitUntilReady(deadline);
    const refusal = deadline.within(REFUSAL_TIMEOUT_MS, 'the guest agent to refuse to shut down');
    try {
      await this.#channel.call('guest-shutdown', { mode }, refusal);
    } catch (error) {
      const refused = error instanceof GuestAgentError ? error.errorClass !== undefined : !isGone(error);
      if (refused) throw error;
    }
  }

  /** To be called when QMP reports RESET: the next command is for the agent of the next boot. */
  guestReset(): void {
    this.#channel.guestReset();
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #within(what: string): Deadline {
    return this.#deadlines.within(WAIT_MS, `${what} by the guest agent of ${this.#deadlines.guest}`);
  }
}

/** How a shutdown that succeeds looks from here. */
function isGone(error: unknown): boolean {
  return error instanceof WaitTimeoutError || error instanceof GuestAgentLostError;
}
