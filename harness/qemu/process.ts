import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { execa } from 'execa';

import { InfrastructureError, messageOf } from '../util/errors.ts';
import { shellQuote } from './command-line.ts';
import { exitFailure, type QemuExit } from './failure.ts';
import { addToKillSet, killGroup, removeFromKillSet } from './kill-set.ts';

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
}

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

  private constructor(pid: number, ended: PromiseLike<Ending>, directory: string) {
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
    { directory, signal }: QemuStartOptions,
  ): Promise<QemuProcess> {
    await writeFile(join(directory, COMMAND_FILE), `${shellQuote([binary.path, ...argv])}\n`);
    const output = { file: join(directory, STDERR_FILE), append: true };
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
    // All of these turn into QEMU by exec, so the process id is QEMU's own.
    const subprocess = execa('setpriv', [...guarded, ...argv], {
      cwd: directory,
      stdio: ['ignore', output, output],
      buffer: false,
      reject: false,
      detached: true,
      cleanup: false,
    });
    if (subprocess.pid === undefined) throw startFailure(binary.path, (await subprocess).originalMessage);
    const qemu = new QemuProcess(subprocess.pid, subprocess, directory);
    // Whatever it may have started holds its output open, and must not outlive it either.
    subprocess.once('exit', () => killGroup(qemu.pid));
    qemu.#obey(signal);
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

  #obey(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const kill = (): void => void this.kill();
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
    void this.exited.then(() => {
      signal.removeEventListener('abort', kill);
    });
  }

  async #collect(ended: PromiseLike<Ending>, directory: string): Promise<QemuExit> {
    const { exitCode, signal } = await ended;
    removeFromKillSet(this.pid);
    const stderrTail = await tailOf(join(directory, STDERR_FILE));
    this.#exit = { code: exitCode, signal, intended: this.#intended, stderrTail };
    return this.#exit;
  }
}

interface Ending {
  readonly exitCode?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
}

function startFailure(path: string, reason: string | undefined): InfrastructureError {
  return new InfrastructureError(`Can't start ${path} through setpriv: ${reason ?? 'no reason given'}.`, {
    hint: '`scripts/setup` installs both (setpriv is in the package util-linux).',
  });
}

async function tailOf(file: string): Promise<string> {
  try {
    const content = await readFile(file);
    return content.subarray(-STDERR_TAIL_BYTES).toString('utf8').trim();
  } catch (error) {
    return `(${file} can't be read: ${messageOf(error)})`;
  }
}
