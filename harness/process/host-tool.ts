import { execa, ExecaError } from 'execa';

import { InfrastructureError } from '../util/errors.ts';
import { HOST_PATH, installHint } from './host-tools.ts';

export interface HostToolOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Exit codes that mean no failure. Default: 0 alone. */
  readonly successCodes?: readonly number[];
}

export interface HostToolAnswer {
  readonly stdout: string;
  /**
   * Standard output and error in the order in which they came, for a reader of messages. Not to be parsed: between two
   * writes of a long answer, so in the middle of a line, there can be what the other stream got.
   */
  readonly all: string;
}

const TIMEOUT_MS = 120_000;

/**
 * Runs a tool of the host that works on a disk file.
 *
 * @param tool a program of host-tools.txt.
 * @throws {InfrastructureError} when it is not installed, fails, or hangs.
 */
export async function runHostTool(
  tool: string,
  args: readonly string[],
  { successCodes = [0], ...options }: HostToolOptions = {},
): Promise<HostToolAnswer> {
  try {
    return await execa(tool, args, {
      ...options,
      all: true,
      env: { PATH: HOST_PATH, LC_ALL: 'C' },
      timeout: TIMEOUT_MS,
      forceKillAfterDelay: 1000,
    });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.exitCode !== undefined && successCodes.includes(error.exitCode))
      return { stdout: String(error.stdout), all: String(error.all) };
    const absent = error.code === 'ENOENT';
    throw new InfrastructureError(absent ? `The host has no "${tool}".` : error.message, {
      cause: error,
      ...(absent ? { hint: installHint(tool) } : {}),
    });
  }
}
