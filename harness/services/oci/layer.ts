import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { pack } from 'tar-stream';

import { sha256 } from '../../util/files/sha256.ts';
import { blobOf, MEDIA_TYPES, type Blob } from './blob.ts';

/** Something in a layer. Names are taken as they are, also those that no honest image has. */
export type LayerEntry = { readonly name: string; readonly mode?: number } & (
  | { readonly type: 'file'; readonly content: Buffer }
  | { readonly type: 'directory' }
  | { readonly type: 'symlink' | 'link'; readonly target: string }
);

export interface Layer {
  readonly blob: Blob;
  /** Digest of the archive before its compression, by which a configuration names it. */
  readonly diffId: string;
}

const MODES = { file: 0o644, directory: 0o755, symlink: 0o777, link: 0o644 };
/** The same entries give the same archive. */
const EPOCH = new Date(0);

/** A tar archive, compressed by gzip; all in it belongs to root. */
export async function layerOf(entries: readonly LayerEntry[]): Promise<Layer> {
  const archive = pack();
  for (const entry of entries) {
    const { name, type, mode = MODES[type] } = entry;
    const common = { name, type, mode, mtime: EPOCH };
    if (entry.type === 'file') archive.entry(common, entry.content);
    else archive.entry('target' in entry ? { ...common, linkname: entry.target } : common);
  }
  archive.finalize();
  const bytes = await buffer(archive);
  return { blob: blobOf(MEDIA_TYPES.layer, gzipSync(bytes)), diffId: `sha256:${sha256(bytes)}` };
}
