import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Deadline } from '../../util/deadline.ts';
import { UsageError, WaitTimeoutError } from '../../util/errors.ts';
import { Turns } from '../../util/turns.ts';
import type { Captured } from './capture.ts';
import type { Console } from './console.ts';
import { plain } from './line-reader.ts';

const CONTROL_C = '\x03';
/** A terminal takes no longer line while the shell does not edit it itself: N_TTY_BUF_SIZE of Linux is 4096. */
const MAX_LINE_BYTES = 4000;
const FIRST_ATTEMPT_MS = 2000;
const LONGEST_ATTEMPT_MS = 16_000;
const INTERRUPT_PAUSE_MS = 500;

/**
 * From now on the kernel prints, where that can be set, only errors (levels 0 to 3 of printk) on the console: what it says of
 * new devices would stand in the middle of the output of commands.
 */
const QUIET_KERNEL = '{ [ ! -w /proc/sys/kernel/printk ] || echo 4 >/proc/sys/kernel/printk; } 2>/dev/null';
const SET_UP = `unset PROMPT_COMMAND; PS2=''; stty -echo cols 1000; ${QUIET_KERNEL}`;

/** Under KVM on the reference host. */
const RUN_MS = 20_000;

export interface CommandResult {
  readonly exitCode: number;
  /** Both outputs as the terminal shows them, without control sequences and the last line's end. */
  readonly output: string;
}

/**
 * A POSIX shell that a console is logged in to. Commands run in the shell itself, so that `cd` lasts and `exit` ends it;
 * their standard input is empty. What else is printed on the console meanwhile, such as kernel messages, is in their output.
 */
export class ConsoleShell {
  readonly #console: Console;
  readonly #turns = new Turns();
  /** The last command was given up, and may run still. */
  #busy = false;

  private constructor(console: Console) {
    this.#console = console;
  }

  /**
   * Takes over the shell that waits for input at the console, whatever its prompt looks like.
   *
   * @param options.unless a sign that there will be none: its first match is handed to `refused`.
   * @throws {WaitTimeoutError}
   */
  static async open(
    console: Console,
    deadline: Deadline,
    options: { readonly unless?: RegExp; readonly refused?: (sign: string) => Error } = {},
  ): Promise<ConsoleShell> {
    const shell = new ConsoleShell(console);
    await shell.#takeOver(deadline, options);
    return shell;
  }

  /**
   * @param options.deadline default: enough for a command that does not wait.
   * @throws {WaitTimeoutError} after which the command has been interrupted; {UsageError} for too long a command.
   */
  run(command: string, options: { readonly deadline?: Deadline } = {}): Promise<CommandResult> {
    const { deadline = this.#console.within(RUN_MS, `"${command}" on the console`) } = options;
    const line = `eval "$(printf '${escapeForPrintf(command)}')" </dev/null`;
    if (line.length > MAX_LINE_BYTES) {
      throw new UsageError(
        `A command for the console takes ${line.length} bytes there; a terminal's line holds ${MAX_LINE_BYTES}.`,
      );
    }
    return this.#turns.run(
      deadline,
      () => 'an earlier command still runs',
      async () => {
        if (this.#busy) {
          await this.#interrupt(deadline, INTERRUPT_PAUSE_MS);
          await this.#takeOver(deadline);
        }
        this.#busy = true;
        const captured = await this.#type(line, deadline).catch((error: unknown) => {
          if (error instanceof WaitTimeoutError) this.#console.send(CONTROL_C);
          throw error;
        });
        this.#busy = false;
        return resultOf(captured);
      },
    );
  }

  /** What is typed before the shell reads may be lost, so this is tried again and again. */
  async #takeOver(
    deadline: Deadline,
    { unless, refused }: { unless?: RegExp; refused?: (sign: string) => Error } = {},
  ): Promise<void> {
    for (let timeoutMs = FIRST_ATTEMPT_MS; ; timeoutMs = Math.min(2 * timeoutMs, LONGEST_ATTEMPT_MS)) {
      try {
        const { match } = await this.#type(SET_UP, deadline.within(timeoutMs, deadline.what), unless);
        if (match.groups?.['exitCode'] === undefined && refused !== undefined) throw refused(match[0]);
        this.#busy = false;
        return;
      } catch (error) {
        if (!(error instanceof WaitTimeoutError)) throw error;
        if (deadline.expired) throw deadline.error(this.#console.lastSeen);
        // What is left of a line that was half lost.
        await this.#interrupt(deadline, timeoutMs / 4);
      }
    }
  }

  /** What a shell reads before it has noticed the signal is dropped with the line that it interrupts. */
  async #interrupt(deadline: Deadline, pauseMs: number): Promise<void> {
    this.#console.send(CONTROL_C);
    await sleep(Math.min(pauseMs, deadline.remainingMs()));
  }

  /** The quotes in the midst keep the marks of what is typed, and echoed, from being the marks of what is printed. */
  #type(line: string, deadline: Deadline, unless?: RegExp): Promise<Captured> {
    const id = randomBytes(6).toString('hex');
    const end = `@end-${id}-(?<exitCode>\\d+)@`;
    const ends = new RegExp(unless === undefined ? end : `${end}|${unless.source}`);
    const captured = this.#console.readUntil(ends, deadline);
    // The prompt carries the exit code, so the end is seen even when the shell drops the line at an error of syntax.
    this.#console.sendLine(`PS1='@''end-${id}-$?@'; printf '%s\\n' '@''begin-${id}@'; ${line}`);
    return captured;
  }
}

function resultOf({ before, match }: Captured): CommandResult {
  const [, output = before] = before.split(/@begin-[0-9a-f]+@\r*\n/);
  return {
    exitCode: Number(match.groups?.['exitCode']),
    output: output.split('\n').map(plain).join('\n').replace(/\n$/, ''),
  };
}

/** As the format of printf(1), in printable ASCII: line editors act on other bytes, tabs and ends of lines. */
function escapeForPrintf(command: string): string {
  return Array.from(Buffer.from(command), (byte) => {
    const character = String.fromCharCode(byte);
    return /[ -~]/.test(character) && !/['\\%]/.test(character)
      ? character
      : `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}
