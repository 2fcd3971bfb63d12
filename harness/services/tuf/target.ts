import { sha256 } from '../../util/files/sha256.ts';
import type { Content } from '../content.ts';

/** A file that a repository offers. Length and hash are what its metadata says; an honest one says the truth. */
export interface Target {
  readonly name: string;
  readonly content: Content;
  readonly lengthBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export function targetOf(name: string, content: Buffer): Target {
  return { name, content, lengthBytes: content.length, sha256: sha256(content) };
}
