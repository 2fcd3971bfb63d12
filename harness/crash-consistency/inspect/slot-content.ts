import { createHash } from 'node:crypto';

import type { Partition } from '../../disk/gpt/entries.ts';
import type { ImageManifest } from '../../image/manifest.ts';
import type { Slot } from '../../os/slots.ts';
import type { DiskContent } from '../content.ts';

/** A version of the OS that a slot may hold. */
export interface KnownVersion extends Pick<ImageManifest, 'os'> {
  readonly update: NonNullable<ImageManifest['update']>;
  readonly verity: NonNullable<ImageManifest['verity']>;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * The known version that a slot holds whole: BOOT, ROOT and HASH byte by byte, and ROOT and HASH by the names by which
 * its kernel looks for them.
 */
export function versionIn(
  slot: Slot,
  content: DiskContent,
  versions: readonly KnownVersion[],
): KnownVersion | undefined {
  return versions.find(
    ({ update, verity }) =>
      slot.root.guid === uuidOf(verity.rootHash.slice(0, 32)) &&
      slot.hash.guid === uuidOf(verity.rootHash.slice(32)) &&
      begins(slot.boot, update.boot, content) &&
      begins(slot.hash, update.hash, content) &&
      begins(slot.root, update.root, content),
  );
}

function begins(
  { firstByte, sizeBytes }: Partition,
  wanted: { readonly sha256: string; readonly sizeBytes: number },
  content: DiskContent,
): boolean {
  if (wanted.sizeBytes > sizeBytes) return false;
  const hash = createHash('sha256');
  for (let at = 0; at < wanted.sizeBytes; at += CHUNK_BYTES) {
    hash.update(content.read(firstByte + at, Math.min(CHUNK_BYTES, wanted.sizeBytes - at)));
  }
  return hash.digest('hex') === wanted.sha256;
}

/** The half of a root hash in the form of the unique GUID that the image gives its partition. */
function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
