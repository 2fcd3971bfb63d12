import { execa, ExecaError } from 'execa';

import { InfrastructureError } from '../util/errors.ts';
import { HOST_PATH, installHint } from './host-tools.ts';

export interface HostToolOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Exit codes that mean no failure. Default: 0 alone. */
  readonly successCodes?: readonly number[];
}

const TIMEOUT_MS = 120_000;

/**
 * Runs a tool of the host that works on a disk file.
 *
 * @param tool a program of host-tools.txt.
 * @returns its standard output and error, in the order in which they came.
 * @throws {InfrastructureError} when it is not installed, fails, or hangs.
 */
export async function runHostTool(
  tool: string,
  args: readonly string[],
  { successCodes = [0], ...options }: HostToolOptions = {},
): Promise<string> {
  try {
    const result = await execa(tool, args, {
      ...options,
      all: true,
      env: { PATH: HOST_PATH, LC_ALL: 'C' },
      timeout: TIMEOUT_MS,
      forceKillAfterDelay: 1000,
    });
    return result.all;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.exitCode !== undefined && successCodes.includes(error.exitCode)) return String(error.all);
    const absent = error.code === 'ENOENT';
    throw new InfrastructureError(absent ? `The host has no "${tool}".` : error.message, {
      cause: error,
      ...(absent ? { hint: installHint(tool) } : {}),
    });
  }
}
