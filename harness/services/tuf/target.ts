import { sha256 } from '../../util/files/sha256.ts';
import type { Content } from '../content.ts';

/** A file that a repository offers. Length and hash are what its metadata says; an honest one says the truth. */
export interface Target {
  readonly name: string;
  readonly content: Content;
  readonly lengthBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** What the metadata says of it beyond that, for those who know what to make of it (TUF specification, section 4.5). */
  readonly custom?: Readonly<Record<string, object>>;
}

export function targetOf(name: string, content: Buffer): Target {
  return { name, content, lengthBytes: content.length, sha256: sha256(content) };
}
