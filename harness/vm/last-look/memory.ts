import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { runHostTool } from '../../process/host-tool.ts';
import type { QmpClient } from '../../qemu/qmp/client.ts';
import { Deadline } from '../../util/deadline.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { ensureDiskSpace } from '../directory/disk-space.ts';

/** In the evidence of a machine whose memory was kept: an ELF core file of its physical memory. */
export const MEMORY_FILE = 'memory.elf';

/** A GiB takes 2 s; a disk that is in use by others is ten times as slow. */
const DUMP_MS = 60_000;
const SPARE_MIB = 512;
/** A guest's memory has its secrets. */
const OWNER_ONLY = 0o600;

const resultSchema = z.object({ result: z.object({ status: z.string() }), error: z.string().optional() });

/**
 * Has QEMU write the memory of a machine to a directory, which is made if need be. The guest is stopped meanwhile. Its file
 * has holes where the memory has zeros.
 *
 * @param qmp of the machine, which is on.
 * @throws {QmpCommandError} when QEMU refuses; {QmpDisconnectedError} when it ends; {InfrastructureError} when there is no
 *   room, or what QEMU says; {WaitTimeoutError} when it takes too long. Then no file is left.
 */
export async function takeMemory(
  qmp: Pick<QmpClient, 'execute' | 'waitForEvent'>,
  { memoryMiB }: { readonly memoryMiB: number },
  target: string,
): Promise<void> {
  const file = join(target, MEMORY_FILE);
  await mkdir(target, { recursive: true });
  await ensureDiskSpace(target, memoryMiB + SPARE_MIB);
  try {
    await dump(qmp, file, Deadline.after(DUMP_MS, 'the memory to be written'));
    await chmod(file, OWNER_ONLY);
  } catch (error) {
    await dropMemory(target);
    throw error;
  }
  // Not every file system has holes.
  await runHostTool('fallocate', ['--dig-holes', file]).catch(() => undefined);
}

export async function dropMemory(target: string): Promise<void> {
  await rm(join(target, MEMORY_FILE), { force: true });
}

/** By physical addresses: to follow the page tables of a guest that crashed, as QEMU can, is a debugger's job. */
async function dump(
  qmp: Pick<QmpClient, 'execute' | 'waitForEvent'>,
  file: string,
  deadline: Deadline,
): Promise<void> {
  const ended = qmp.waitForEvent('DUMP_COMPLETED', deadline);
  // When the command is refused, its error is the one that counts.
  ended.catch(() => undefined);
  const how = { paging: false, protocol: `file:${file}`, format: 'elf', detach: true };
  await qmp.execute('dump-guest-memory', how, deadline);
  const { result, error } = resultSchema.parse((await ended).data);
  if (result.status === 'completed') return;
  throw new InfrastructureError(`QEMU could not write the memory: ${error ?? result.status}.`);
}
