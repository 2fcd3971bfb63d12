import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What a served file consists of: bytes in memory, or a file of the host, which is never read whole. */
export type Content = Buffer | { readonly path: string };

/** Files by their path, without a leading slash. */
export type FileTree = ReadonlyMap<string, Content>;

export async function lengthOf(content: Content): Promise<number> {
  return Buffer.isBuffer(content) ? content.length : (await stat(content.path)).size;
}

/** The bytes from `startBytes` on. */
export async function* readContent(content: Content, startBytes = 0): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(content)) yield content.subarray(startBytes);
  else yield* createReadStream(content.path, { start: startBytes }) as AsyncIterable<Buffer>;
}
