import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { InfrastructureError, messageOf } from '../util/errors.ts';
import { onAbort } from '../util/on-abort.ts';
import { shellQuote } from '../process/shell-quote.ts';
import { exitFailure, type QemuExit } from './failure.ts';
import { addToKillSet, killGroup, removeFromKillSet } from '../process/kill-set.ts';

const STDERR_FILE = 'qemu.stderr';
const COMMAND_FILE = 'qemu.argv';
const STDERR_TAIL_BYTES = 4096;
const SYMPTOM_GRACE_MS = 200;
/** A parent that died before setpriv asked for the signal would never cause it. */
const UNLESS_ORPHANED = '[ "$PPID" -eq "$0" ] && exec "$@"';

export interface QemuStartOptions {
  /** The machine's directory: QEMU's working directory, and where `qemu.argv` and `qemu.stderr` are left. */
  readonly directory: string;
  /** Aborting it kills QEMU. */
  readonly signal?: AbortSignal;
  /** A file that QEMU gets to read as descriptor `STATE_DESCRIPTOR`. */
  readonly stateFile?: string;
}

/** The first one after the standard three. */
export const STATE_DESCRIPTOR = 3;

/**
 * One running QEMU. It never outlives its owner: it leads a process group of its own in the kill set, and the kernel
 * kills it when the parent dies, however that happens.
 */
export class QemuProcess implements AsyncDisposable {
  readonly pid: number;
  /** Resolves, and never rejects, when QEMU has ended. */
  readonly exited: Promise<QemuExit>;
  #exit: QemuExit | undefined;
  #intended = false;

  private constructor(pid: number, ended: Promise<Ending>, directory: string) {
    this.pid = pid;
    addToKillSet(pid);
    this.exited = this.#collect(ended, directory);
  }

  /**
   * Returns as soon as the process exists; whether QEMU likes its arguments shows in `whileRunning`.
   *
   * @throws {InfrastructureError} if it can't be started at all.
   */
  static async start(
    binary: { readonly path: string },
    argv: readonly string[],
    { directory, signal, stateFile }: QemuStartOptions,
  ): Promise<QemuProcess> {
    await writeFile(join(directory, COMMAND_FILE), `${shellQuote([binary.path, ...argv])}\n`);
    const guarded = [
      '--pdeathsig=KILL',
      '--no-new-privs',
      '--',
      '/bin/sh',
      '-c',
      UNLESS_ORPHANED,
      String(process.pid),
      binary.path,
    ];
    await using output = await open(join(directory, STDERR_FILE), 'a');
    await using state = stateFile === undefined ? undefined : await open(stateFile, 'r');
    // All of these turn into QEMU by exec, so the process id is QEMU's own.
    const child = spawn('setpriv', [...guarded, ...argv], {
      cwd: directory,
      stdio: ['ignore', output.fd, output.fd, state?.fd ?? 'ignore'],
      detached: true,
    });
    const ended = endOf(child);
    const qemu = new QemuProcess(await pidOf(child, binary.path), ended, directory);
    // Whatever it may have started must not outlive it either.
    child.once('exit', () => killGroup(qemu.pid));
    if (signal !== undefined) onAbort(signal, () => void qemu.kill(), qemu.exited);
    return qemu;
  }

  /** How QEMU ended, or undefined while it runs. */
  get exit(): QemuExit | undefined {
    return this.#exit;
  }

  /**
   * The promise's value, unless QEMU ends first.
   *
   * @param during completes the sentence "QEMU ended …" in that case.
   * @throws {HotfireError} the reason for QEMU's end: see exitFailure.
   */
  async whileRunning<T>(promise: Promise<T>, during: string): Promise<T> {
    const ended = this.exited.then((exit) => {
      throw exitFailure(exit, during);
    });
    try {
      return await Promise.race([promise, ended]);
    } catch (error) {
      // A dying QEMU closes its sockets first, so what failed may be a mere symptom: its end is the better reason.
      await Promise.race([ended, sleep(SYMPTOM_GRACE_MS, undefined, { ref: false })]);
      throw error;
    }
  }

  /** Ends QEMU at once, as a power cut would. */
  async kill(): Promise<QemuExit> {
    if (this.#exit === undefined) {
      this.#intended = true;
      killGroup(this.pid);
    }
    return this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #collect(ended: Promise<Ending>, directory: string): Promise<QemuExit> {
    const { code, signal } = await ended;
    removeFromKillSet(this.pid);
    const stderrTail = await tailOf(join(directory, STDERR_FILE));
    this.#exit = { code, signal, intended: this.#intended, stderrTail };
    return this.#exit;
  }
}

type Ending = Pick<QemuExit, 'code' | 'signal'>;

function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined });
    });
  });
}

async function pidOf(child: ChildProcess, path: string): Promise<number> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new InfrastructureError(`Can't start ${path} through setpriv: ${messageOf(error)}.`, {
      cause: error,
      hint: '`scripts/setup` installs both (setpriv is in the package util-linux).',
    });
  }
  return Number(child.pid);
}

async function tailOf(file: string): Promise<string> {
  try {
    const content = await readFile(file);
    return content.subarray(-STDERR_TAIL_BYTES).toString('utf8').trim();
  } catch (error) {
    return `(${file} can't be read: ${messageOf(error)})`;
  }
}
