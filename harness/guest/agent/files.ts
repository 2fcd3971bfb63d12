import { z } from 'zod';

import { Deadline } from '../../util/deadline.ts';
import { ImageError } from '../../util/errors.ts';
import type { Ask } from './ask.ts';
import { GuestAgentError } from './errors.ts';
import { handleSchema, readSchema, writeSchema } from './schemas.ts';

const CHUNK_BYTES = 256 * 1024;
const DEFAULT_MAX_BYTES = 16 * 2 ** 20;
/** For a file that is closed because its use has failed, when the caller's time may be over. */
const CLEANUP_TIMEOUT_MS = 10_000;

export interface ReadFileOptions {
  readonly deadline: Deadline;
  /** Default: 16 MiB. */
  readonly maxBytes?: number;
}

/** @throws {ImageError} when the file is larger than `maxBytes`. */
export function readFile(ask: Ask, path: string, { deadline, maxBytes }: ReadFileOptions): Promise<Buffer> {
  const limit = maxBytes ?? DEFAULT_MAX_BYTES;
  return withFile(ask, { path, mode: 'r' }, deadline, async (handle) => {
    const chunks: Buffer[] = [];
    for (let length = 0; ;) {
      // One byte more than wanted shows that there is more.
      const count = Math.min(CHUNK_BYTES, limit - length + 1);
      const read = await ask('guest-file-read', { handle, count }, readSchema, deadline);
      const chunk = Buffer.from(read['buf-b64'], 'base64');
      length += chunk.length;
      if (length > limit) throw new ImageError(`The guest's ${path} is larger than ${limit} bytes.`);
      chunks.push(chunk);
      if (read.eof || chunk.length === 0) return Buffer.concat(chunks);
    }
  });
}

/** The file is made, or its contents replaced. */
export function writeFile(
  ask: Ask,
  path: string,
  content: string | Uint8Array,
  deadline: Deadline,
): Promise<void> {
  const bytes = Buffer.from(content);
  return withFile(ask, { path, mode: 'w' }, deadline, async (handle) => {
    for (let offset = 0; offset < bytes.length;) {
      const chunk = bytes.subarray(offset, offset + CHUNK_BYTES).toString('base64');
      const { count } = await ask('guest-file-write', { handle, 'buf-b64': chunk }, writeSchema, deadline);
      if (count === 0) throw new GuestAgentError('guest-file-write', `it wrote nothing more to ${path}.`);
      offset += count;
    }
  });
}

async function withFile<T>(
  ask: Ask,
  file: { path: string; mode: 'r' | 'w' },
  deadline: Deadline,
  use: (handle: number) => Promise<T>,
): Promise<T> {
  const handle = await ask('guest-file-open', file, handleSchema, deadline);
  const close = (by: Deadline): Promise<unknown> => ask('guest-file-close', { handle }, z.unknown(), by);
  let used: T;
  try {
    used = await use(handle);
  } catch (error) {
    const cleanup = close(Deadline.after(CLEANUP_TIMEOUT_MS, `the guest agent to close ${file.path}`));
    // The first failure is the one that counts.
    cleanup.catch(() => undefined);
    throw error;
  }
  await close(deadline);
  return used;
}
