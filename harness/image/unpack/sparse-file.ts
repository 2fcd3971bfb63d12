import { statfs, type FileHandle } from 'node:fs/promises';

import { InfrastructureError } from '../../util/errors.ts';
import { START_BYTES } from '../disk/formats.ts';

const BLOCK_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK_BYTES);
/** So much may be written between two looks at the room that is left. */
const SPACE_CHECK_BYTES = 64 * 2 ** 20;

export interface SparseFileOptions {
  /** Where the file lies. */
  readonly directory: string;
  /** What must stay free there, since a host whose disk is full fails in many ways. */
  readonly minFreeBytes: number;
  /** Called with the size so far, holes included. */
  readonly onProgress: (sizeBytes: number) => void;
  /** Gets the first `START_BYTES`, before more is written; what it throws ends all. */
  readonly checkStart: (start: Buffer) => void;
}

/**
 * Fills a new file, in which zeros become holes.
 *
 * @throws {InfrastructureError} when the host's disk would be full.
 */
export async function writeSparse(
  file: FileHandle,
  chunks: AsyncIterable<Buffer>,
  { directory, minFreeBytes, onProgress, checkStart }: SparseFileOptions,
): Promise<void> {
  let at = 0;
  let isChecked = false;
  let unchecked = 0;
  await requireSpace(directory, minFreeBytes);
  for await (const chunk of chunks) {
    for (const piece of blocksOf(chunk, at)) {
      if (!piece.equals(ZEROS.subarray(0, piece.length))) {
        await file.write(piece, 0, piece.length, at).catch(explainFullDisk(directory));
        unchecked += piece.length;
      }
      at += piece.length;
    }
    if (!isChecked && at >= START_BYTES) {
      await check();
      isChecked = true;
    }
    if (unchecked >= SPACE_CHECK_BYTES) {
      await requireSpace(directory, minFreeBytes);
      unchecked = 0;
    }
    onProgress(at);
  }
  await file.truncate(at);
  if (!isChecked) await check();

  async function check(): Promise<void> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    checkStart(buffer.subarray(0, bytesRead));
  }
}

/** A chunk that begins at `at`, divided where blocks of the file begin. */
function* blocksOf(chunk: Buffer, at: number): Generator<Buffer> {
  for (let start = 0; start < chunk.length;) {
    const end = Math.min(chunk.length, start + BLOCK_BYTES - ((at + start) % BLOCK_BYTES));
    yield chunk.subarray(start, end);
    start = end;
  }
}

async function requireSpace(directory: string, minFreeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < minFreeBytes) throw fullDisk(directory, `only ${bavail * bsize} bytes are left`);
}

function explainFullDisk(directory: string) {
  return (error: unknown): never => {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) throw fullDisk(directory, code, error);
    throw error;
  };
}

function fullDisk(directory: string, why: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError(`The disk is too full to unpack an image in ${directory}: ${why}.`, {
    cause,
    hint: 'Make room there, or set HOTFIRE_CACHE to a directory on another disk.',
  });
}
