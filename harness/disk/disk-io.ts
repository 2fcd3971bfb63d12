import { randomUUID } from 'node:crypto';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { InfrastructureError } from '../util/errors.ts';
import { runHostTool } from '../process/host-tool.ts';

interface Place {
  readonly path: string;
  /** A running machine has it open: it can only be read, and what the guest has not flushed may be missing. */
  readonly inUse?: boolean;
}

export interface DiskFile extends Place {
  readonly format: 'raw' | 'qcow2';
  /** The files that a qcow2 disk is read from where it holds nothing itself, the next one first. Default: not known. */
  readonly backingFiles?: readonly string[];
}

/** A disk that an NBD server offers; its path is that of a unix socket. */
export interface ServedDisk extends Place {
  readonly format: 'nbd';
  readonly exportName: string;
}

export type Disk = DiskFile | ServedDisk;

/** The size that a guest sees. */
export async function diskSizeBytes(disk: Disk): Promise<number> {
  if (disk.format === 'raw') return (await stat(disk.path)).size;
  const { stdout: info } = await runHostTool('qemu-img', [
    'info',
    ...shared(disk),
    '--output=json',
    jsonName(nodeOf(disk)),
  ]);
  const { 'virtual-size': size } = JSON.parse(info) as { 'virtual-size'?: unknown };
  if (typeof size !== 'number') throw new InfrastructureError(`qemu-img reports no size of ${disk.path}.`);
  return size;
}

/** What a guest would read at `offset`, through all backing files. */
export async function readRange(disk: Disk, offset: number, lengthBytes: number): Promise<Buffer> {
  const bytes =
    disk.format === 'raw'
      ? await readRaw(disk.path, offset, lengthBytes)
      : await readLayered(disk, offset, lengthBytes);
  if (bytes.length !== lengthBytes) {
    throw new InfrastructureError(
      `${disk.path} ends at byte ${offset + bytes.length}, within the bytes ${offset} to ${offset + lengthBytes} that were to be read.`,
    );
  }
  return bytes;
}

/** Copies whole sectors into a file, in which zeros are holes. @param path is overwritten. */
export async function copyRange(
  disk: Disk,
  offset: number,
  lengthBytes: number,
  path: string,
): Promise<void> {
  const window = {
    driver: 'raw',
    offset,
    size: lengthBytes,
    file: nodeOf(disk),
    ...(shared(disk).length > 0 && { 'force-share': true }),
  };
  await runHostTool('qemu-img', ['convert', '-O', 'raw', jsonName(window), path]);
}

/** Writes into this disk only; a backing file stays as it is. */
export async function writeRange(disk: Disk, offset: number, bytes: Uint8Array): Promise<void> {
  // Opened with 'r+', which never creates or truncates; qemu-io would round a raw file's size up to whole sectors.
  if (disk.format === 'raw') {
    await using file = await open(disk.path, 'r+');
    await file.write(bytes, 0, bytes.length, offset);
    return;
  }
  const patch = `${disk.path}.patch`;
  await writeFile(patch, bytes);
  try {
    // A name relative to the disk's directory: qemu-io splits its command at blanks.
    const write = `write -s ${basename(patch)} ${offset} ${bytes.length}`;
    await runHostTool('qemu-io', ['-c', write, jsonName(nodeOf(disk))], { cwd: dirname(disk.path) });
  } finally {
    await rm(patch, { force: true });
  }
}

/** Damages exactly one bit, as a failing disk would. @param bit 0 to 7, from the least significant. */
export async function flipBit(disk: Disk, byteOffset: number, bit: number): Promise<void> {
  if (!Number.isInteger(bit) || bit < 0 || bit > 7) {
    throw new RangeError(`Expected a bit from 0 to 7, got ${bit}.`);
  }
  const byte = await readRange(disk, byteOffset, 1);
  byte.writeUInt8(byte.readUInt8(0) ^ (1 << bit), 0);
  await writeRange(disk, byteOffset, byte);
}

async function readRaw(path: string, offset: number, lengthBytes: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const bytes = Buffer.alloc(lengthBytes);
  const { bytesRead } = await file.read(bytes, 0, lengthBytes, offset);
  return bytes.subarray(0, bytesRead);
}

const SECTOR_BYTES = 512;

/**
 * qemu-img copies whole sectors, so a few bytes more than asked for are read and cut off again. It writes to a file without
 * a name: several processes may read one disk at once, whose directory need not be theirs to write.
 */
async function readLayered(disk: Disk, offset: number, lengthBytes: number): Promise<Buffer> {
  const start = Math.floor(offset / SECTOR_BYTES) * SECTOR_BYTES;
  const end = Math.ceil((offset + lengthBytes) / SECTOR_BYTES) * SECTOR_BYTES;
  const name = join(tmpdir(), `hotfire-range-${randomUUID()}`);
  await using copy = await open(name, 'wx+', 0o600);
  await rm(name);
  await copyRange(disk, start, end - start, `/proc/${process.pid}/fd/${copy.fd}`);
  return (await copy.readFile()).subarray(offset - start, offset - start + lengthBytes);
}

/** The disk in the form that QEMU's tools take (-blockdev of qemu(1)). */
function nodeOf(disk: Disk): object {
  return disk.format === 'nbd'
    ? { driver: 'nbd', server: { type: 'unix', path: disk.path }, export: disk.exportName }
    : { driver: disk.format, file: { driver: 'file', filename: resolve(disk.path) } };
}

function jsonName(node: object): string {
  return `json:${JSON.stringify(node)}`;
}

function shared(disk: Disk): string[] {
  return disk.inUse === true ? ['--force-share'] : [];
}
