import { execa, ExecaError } from 'execa';

import { InfrastructureError } from '../util/errors.ts';

/** Debian and Ubuntu name these packages alike; scripts/setup installs them. */
const PACKAGES = {
  'qemu-img': 'qemu-utils',
  'qemu-io': 'qemu-utils',
  debugfs: 'e2fsprogs',
  dumpe2fs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  'mkfs.ext4': 'e2fsprogs',
  xorriso: 'xorriso',
} as const;

export interface HostToolOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Exit codes that mean no failure. Default: 0 alone. */
  readonly successCodes?: readonly number[];
}

/** debugfs lives in sbin, which is not on the path of an ordinary user on Debian. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

const TIMEOUT_MS = 120_000;

/**
 * Runs a tool of the host that works on a disk file.
 *
 * @returns its standard output and error, in the order in which they came.
 * @throws {InfrastructureError} when it is not installed, fails, or hangs.
 */
export async function runHostTool(
  tool: keyof typeof PACKAGES,
  args: readonly string[],
  { successCodes = [0], ...options }: HostToolOptions = {},
): Promise<string> {
  try {
    const result = await execa(tool, args, {
      ...options,
      all: true,
      env: { PATH, LC_ALL: 'C' },
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
      ...(absent ? { hint: `Install the package ${PACKAGES[tool]}, or run scripts/setup.` } : {}),
    });
  }
}
