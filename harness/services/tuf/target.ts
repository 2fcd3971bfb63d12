import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** What a file of a repository consists of: bytes in memory, or a file of the host, which is never read whole. */
export type Content = Buffer | { readonly path: string };

/** A file that a repository offers. Length and hash are what its metadata says; an honest one says the truth. */
export interface Target {
  readonly name: string;
  readonly content: Content;
  readonly lengthBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export function targetOfBytes(name: string, content: Buffer): Target {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, content, lengthBytes: content.length, sha256 };
}

export async function targetOfFile(name: string, path: string): Promise<Target> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path), digest);
  return { name, content: { path }, lengthBytes: (await stat(path)).size, sha256: digest.digest('hex') };
}
