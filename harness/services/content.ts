import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What a served file consists of: bytes in memory, or a file of the host, which is never read whole. */
export type Content = Buffer | { readonly path: string };

/** A file that is served with headers which say more of it. */
export interface DescribedContent {
  readonly content: Content;
  readonly headers: Readonly<Record<string, string>>;
}

/** Files by their path, without a leading slash. */
export type FileTree = ReadonlyMap<string, Content | DescribedContent>;

/** What there is to serve, with its headers if it has any. */
export function described(file: Content | DescribedContent): DescribedContent {
  return 'content' in file ? file : { content: file, headers: {} };
}

export async function lengthOf(content: Content): Promise<number> {
  return Buffer.isBuffer(content) ? content.length : (await stat(content.path)).size;
}

/** The bytes from `startBytes` up to `endBytes`, which is not among them. */
export async function* readContent(
  content: Content,
  startBytes = 0,
  endBytes = Infinity,
): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(content)) yield content.subarray(startBytes, endBytes);
  else
    yield* createReadStream(content.path, { start: startBytes, end: endBytes - 1 }) as AsyncIterable<Buffer>;
}
