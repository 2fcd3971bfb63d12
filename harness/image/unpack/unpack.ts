import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { UsageError } from '../../util/errors.ts';
import { formatOf, type Compression } from '../disk/formats.ts';
import { decompress } from './decompress.ts';
import { writeSparse } from './sparse-file.ts';
import { UnpackedCache } from './unpacked-cache.ts';

const DISK = 'disk.img';
const NOTICE_INTERVAL_MS = 1000;
const MIN_FREE_BYTES = 512 * 2 ** 20;

export interface UnpackOptions {
  readonly signal?: AbortSignal;
  /** Gets a line about the progress, at most one a second. */
  readonly notice?: (text: string) => void;
  /** What must stay free on the disk that has the cache. Default: 512 MiB. */
  readonly minFreeBytes?: number;
}

/**
 * Unpacks a disk image into the cache, or finds it there.
 *
 * @returns the path of the unpacked disk, raw or qcow2.
 * @throws {UsageError} when the file is damaged, or packed is something else than a disk; {InfrastructureError} when the
 *   host has no room, or lacks the tool; the signal's reason, with nothing left behind.
 */
export async function unpack(
  path: string,
  compression: Compression,
  {
    signal = new AbortController().signal,
    notice = () => undefined,
    minFreeBytes = MIN_FREE_BYTES,
  }: UnpackOptions = {},
): Promise<string> {
  const packedBytes = (await stat(path)).size;
  const fill = async (directory: string, held: AbortSignal): Promise<void> => {
    let readBytes = 0;
    const onProgress = everySecond((sizeBytes: number) => {
      const percent = Math.floor((100 * readBytes) / packedBytes);
      notice(`unpacking ${basename(path)}: ${Math.floor(sizeBytes / 2 ** 20)} MiB, ${percent} %`);
    });
    await using file = await open(join(directory, DISK), 'wx+');
    const checkStart = (start: Buffer): void => {
      requireDisk(path, compression, start);
    };
    await decompress(
      path,
      compression,
      (chunks) => writeSparse(file, chunks, { directory, minFreeBytes, onProgress, checkStart }),
      {
        signal: held,
        onRead: (lengthBytes) => {
          readBytes += lengthBytes;
        },
      },
    );
    await file.sync();
  };
  const waiting = (): void => {
    notice(`waiting for another run that unpacks ${basename(path)}`);
  };
  return join(await new UnpackedCache().obtain(path, fill, { signal, waiting }), DISK);
}

/** @throws {UsageError} with the command that makes a disk of what is packed. */
function requireDisk(path: string, compression: Compression, start: Buffer): void {
  const format = formatOf(path, start, Buffer.alloc(0));
  if (format.kind === 'raw' || format.kind === 'qcow2') return;
  const what =
    format.kind === 'foreign'
      ? format.what
      : format.kind === 'manifest'
        ? 'an image.json'
        : 'a packed file again';
  const byHand = `${compression} -dc ${path} > unpacked`;
  // tar sees by itself how its archive is packed.
  const isTar = format.kind === 'foreign' && format.command.startsWith('tar ');
  throw new UsageError(`${path} is ${what}, packed with ${compression}, where a disk was expected.`, {
    hint: `Unpack it by hand, and give the disk in it: ${isTar ? format.command : byHand}`,
  });
}

/** Calls `work` when the last call, or the beginning, is a second ago. */
function everySecond<T>(work: (value: T) => void): (value: T) => void {
  let lastMs = performance.now();
  return (value) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < NOTICE_INTERVAL_MS) return;
    lastMs = nowMs;
    work(value);
  };
}
