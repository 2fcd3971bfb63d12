import { open } from 'node:fs/promises';

import { execa, ExecaError } from 'execa';

import { ImageError } from '../../../harness/util/errors.ts';
import { tailOf } from '../host/disk-space.ts';
import { namespaceCommand } from './namespace.ts';

const QUOTED_LOG_BYTES = 3000;

/** A command of the build ended with something else than success. What it said is in the log. */
export class CommandError extends ImageError {
  readonly log: string;

  constructor(what: string, ending: string, log: string, tail: string) {
    super(`${what} ${ending}. The whole log is ${log}; it ends:\n${indent(tail)}`);
    this.log = log;
  }
}

export interface RunOptions {
  /** Completes the sentence "… exited with status 1". */
  readonly what: string;
  readonly log: string;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a command in namespaces of its own, its output appended to the log.
 *
 * @throws {CommandError} unless it succeeds.
 */
export async function runInNamespace(
  argv: readonly [string, ...string[]],
  options: RunOptions,
): Promise<void> {
  const [program, ...args] = namespaceCommand(argv);
  await using log = await open(options.log, 'a');
  await log.write(`+ ${argv.join(' ')}\n`);
  try {
    await execa(program, args, {
      env: options.env,
      extendEnv: false,
      stdin: 'ignore',
      stdout: { file: options.log, append: true },
      stderr: { file: options.log, append: true },
      buffer: false,
      cancelSignal: options.signal,
      // `unshare` takes its whole process namespace along.
      killSignal: 'SIGKILL',
    });
  } catch (error) {
    if (!(error instanceof ExecaError) || options.signal.aborted) throw error;
    throw new CommandError(
      options.what,
      endingOf(error),
      options.log,
      await tailOf(options.log, QUOTED_LOG_BYTES),
    );
  }
}

function endingOf(error: Pick<ExecaError, 'exitCode' | 'signal' | 'shortMessage'>): string {
  if (error.exitCode !== undefined) return `exited with status ${error.exitCode}`;
  return error.signal === undefined
    ? `could not be started (${error.shortMessage})`
    : `was killed by ${error.signal}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .slice(-25)
    .map((line) => `    ${line}`)
    .join('\n');
}
