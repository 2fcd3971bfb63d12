import { statfs } from 'node:fs/promises';

import { InfrastructureError } from '../../util/errors.ts';

const MIN_FREE_DISK_MIB = 512;

/** @throws {InfrastructureError} when the file system of `directory` is nearly full. */
export async function ensureDiskSpace(directory: string, minFreeMiB = MIN_FREE_DISK_MIB): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMiB >= minFreeMiB) return;
  throw new InfrastructureError(
    `Only ${freeMiB} MiB are free on the file system of ${directory}; a machine's disk needs ${minFreeMiB} to start with.`,
    { hint: 'Free some space, or point TMPDIR to a larger disk.' },
  );
}
