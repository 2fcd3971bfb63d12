import { readFile, statfs } from 'node:fs/promises';

import { Deadline } from '../util/deadline.ts';
import { InfrastructureError, WaitTimeoutError } from '../util/errors.ts';

/** What QEMU takes beside the guest's memory: translated code, device models, both flash chips. */
const OVERHEAD_MIB = 256;
const MIN_FREE_DISK_MIB = 512;
const WAIT_FOR_MEMORY_MS = 10_000;
const LOOK_EVERY_MS = 250;

/**
 * Waits some seconds for the memory that a machine may come to use, since another one may just be ending.
 *
 * @throws {InfrastructureError} when the host doesn't have it: the machine would be killed half-way through a test.
 */
export async function ensureMemory(memoryMiB: number, waitMs = WAIT_FOR_MEMORY_MS): Promise<void> {
  const needed = memoryMiB + OVERHEAD_MIB;
  let available = 0;
  try {
    await Deadline.after(waitMs, `${needed} MiB of free memory`).poll(async () => {
      available = await availableMiB();
      return available >= needed ? true : undefined;
    }, LOOK_EVERY_MS);
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
    throw new InfrastructureError(
      `The host has ${Math.floor(available)} MiB of memory to spare; a machine with ${memoryMiB} MiB needs ${needed}.`,
      { cause: error, hint: 'End other machines and programs, or run fewer suites at once.' },
    );
  }
}

/** @throws {InfrastructureError} when the file system of `directory` is nearly full. */
export async function ensureDiskSpace(directory: string, minFreeMiB = MIN_FREE_DISK_MIB): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMiB >= minFreeMiB) return;
  throw new InfrastructureError(
    `Only ${freeMiB} MiB are free where ${directory} lies; a machine's disk needs ${minFreeMiB} to start with.`,
    { hint: 'Free some space, or point TMPDIR to a larger disk.' },
  );
}

/** MemAvailable of proc(5): what can be had without swapping, file caches given up. */
async function availableMiB(): Promise<number> {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'latin1'))?.[1];
  return kibibytes === undefined ? Infinity : Number(kibibytes) / 1024;
}
