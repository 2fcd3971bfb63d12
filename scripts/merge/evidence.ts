import { constants, type Stats } from 'node:fs';
import { mkdir, open, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import type { VmRecord } from '../../harness/report/schema.ts';
import { InfrastructureError, messageOf } from '../../harness/util/errors.ts';

/** A console or a journal is a few MiB. More than this is an accident, and not worth the disk of whoever merges. */
const MAX_FILE_BYTES = 256 * 2 ** 20;
/** Of all machines of one report. */
const MAX_REPORT_BYTES = 4 * 2 ** 30;
/** What a guest had on its disk is for its user only, and stays so. */
const READABLE = 0o666;
const CHUNK_BYTES = 2 ** 20;
/** A single part of a path, that no shell and no file system takes for something else. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

export interface Evidence {
  /** What is left of each machine's files, in their order. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** What was left out, and why. */
  readonly remarks: readonly string[];
}

/**
 * Copies what machines left. Reports come from other hosts: nothing but a regular file in its own machine's directory is read,
 * whatever names and links the report has, and nothing is written but below `target`.
 *
 * @param source the directory of the report.
 * @param vms its machines, as it names them.
 * @param target gives the directory that a machine's files are written to.
 * @throws {InfrastructureError} when they can't be written.
 */
export async function copyEvidence(
  source: string,
  vms: readonly VmRecord[],
  target: (id: string) => string,
): Promise<Evidence> {
  const remarks: string[] = [];
  const files = new Map<string, string[]>();
  let leftBytes = MAX_REPORT_BYTES;
  const root = await realpath(source);
  for (const vm of vms) {
    const copied: string[] = [];
    files.set(vm.id, copied);
    for (const name of vm.files) {
      const leaveOut = (why: string): void => {
        remarks.push(`${source}: left out ${JSON.stringify(`vms/${vm.id}/${name}`)}: ${why}`);
      };
      if (!PLAIN_NAME.test(vm.id) || !PLAIN_NAME.test(name)) {
        leaveOut('no plain name');
        continue;
      }
      const directory = join(root, 'vms', vm.id);
      if ((await realpath(directory).catch(() => '')) !== directory) {
        leaveOut('its directory is not there, or a link');
        continue;
      }
      const outcome = await copyFile(join(directory, name), { directory: target(vm.id), name }, leftBytes);
      if (typeof outcome === 'string') leaveOut(outcome);
      else {
        leftBytes -= outcome;
        copied.push(name);
      }
    }
  }
  return { files, remarks };
}

/** @returns the number of bytes, or why it was left out. */
async function copyFile(
  from: string,
  to: { readonly directory: string; readonly name: string },
  leftBytes: number,
): Promise<number | string> {
  // Neither follows a link nor waits for the writer of a FIFO.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(from, flags).catch((error: unknown) => messageOf(error));
  if (typeof file === 'string') return file;
  await using source = file;
  const found = await source.stat();
  const { size } = found;
  if (!found.isFile()) return 'no regular file';
  if (size > MAX_FILE_BYTES) return `${size} bytes, more than ${MAX_FILE_BYTES}`;
  if (size > leftBytes) return `the report has more than ${MAX_REPORT_BYTES} bytes of evidence`;
  const written = await write(source, found, to);
  return written === size ? written : `it changed while it was copied: ${written} of ${size} bytes`;
}

/** It may grow meanwhile: at most what was measured is copied. */
async function write(
  source: FileHandle,
  { size: sizeBytes, mode }: Pick<Stats, 'size' | 'mode'>,
  { directory, name }: { readonly directory: string; readonly name: string },
): Promise<number> {
  try {
    await mkdir(directory, { recursive: true });
    await using file = await open(join(directory, name), 'wx', mode & READABLE);
    const chunk = Buffer.alloc(Math.min(sizeBytes, CHUNK_BYTES));
    let at = 0;
    while (at < sizeBytes) {
      const { bytesRead } = await source.read(chunk, 0, Math.min(chunk.length, sizeBytes - at), at);
      if (bytesRead === 0) break;
      await file.writeFile(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    return at;
  } catch (error) {
    throw new InfrastructureError(`Cannot copy evidence to ${directory}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Make room there, or give another directory with --out.',
    });
  }
}
