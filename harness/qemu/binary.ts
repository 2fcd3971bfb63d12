import { execa } from 'execa';

import type { Architecture } from '../util/architecture.ts';
import { InfrastructureError } from '../util/errors.ts';
import { installHint } from '../process/host-tools.ts';
import { which } from '../process/which.ts';

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

export interface QemuBinary {
  /** Absolute. */
  readonly path: string;
  readonly arch: Architecture;
  readonly version: QemuVersion;
}

/** Debian 12's. Ubuntu 22.04's 6.2 lacks options that every machine here is started with. */
export const OLDEST_SUPPORTED: QemuVersion = { major: 7, minor: 2, micro: 0 };

const VERSION_TIMEOUT_MS = 10_000;

/**
 * The QEMU that emulates `arch`.
 *
 * @param searchPath in the form of PATH.
 * @throws {InfrastructureError} if there is none, or it does not run, or is older than 7.2.
 */
export async function findQemu(arch: Architecture, searchPath?: string): Promise<QemuBinary> {
  const program = `qemu-system-${arch}`;
  const path = await which(program, searchPath);
  if (path === undefined)
    throw new InfrastructureError(`There is no ${program} in PATH.`, howToInstall(program));
  const { stdout, failed, shortMessage } = await execa(path, ['--version'], {
    reject: false,
    timeout: VERSION_TIMEOUT_MS,
  });
  const version = parseVersion(stdout);
  if (failed || version === undefined) {
    const problem = shortMessage ?? `it printed ${JSON.stringify(stdout.slice(0, 100))}`;
    throw new InfrastructureError(
      `Could not determine the version of ${path}: ${problem}.`,
      howToInstall(program),
    );
  }
  if (isOlder(version, OLDEST_SUPPORTED)) {
    throw new InfrastructureError(
      `${path} is QEMU ${formatVersion(version)}; Hotfire needs ${formatVersion(OLDEST_SUPPORTED)} or newer.`,
      howToInstall(program),
    );
  }
  return { path, arch, version };
}

export function parseVersion(text: string): QemuVersion | undefined {
  const match = /QEMU emulator version (\d+)\.(\d+)\.(\d+)/.exec(text);
  if (match === null) return undefined;
  const [major, minor, micro] = match.slice(1).map(Number);
  return { major: major ?? 0, minor: minor ?? 0, micro: micro ?? 0 };
}

export function formatVersion({ major, minor, micro }: QemuVersion): string {
  return `${major}.${minor}.${micro}`;
}

export function isOlder(version: QemuVersion, than: QemuVersion): boolean {
  const difference = version.major - than.major || version.minor - than.minor || version.micro - than.micro;
  return difference < 0;
}

function howToInstall(program: string): { hint: string } {
  return { hint: `${installHint(program)} Debian 12, Ubuntu 24.04 and newer have one that is new enough.` };
}
