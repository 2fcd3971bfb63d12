import { sha256 } from '../../util/files/sha256.ts';
import type { Content } from '../content.ts';

/** Of the OCI image specification 1.1, and of Docker's image manifest version 2, schema 2, which registries still hold. */
export const MEDIA_TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

/** For which machines an image is; the names are Go's. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** How one blob names another (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A manifest, a configuration or a layer, with what it is called by. */
export interface Blob {
  readonly descriptor: Descriptor;
  readonly content: Content;
}

export function blobOf(mediaType: string, content: Buffer): Blob & { readonly content: Buffer } {
  return { descriptor: { mediaType, digest: `sha256:${sha256(content)}`, size: content.length }, content };
}

/** @param value any JSON; the order of its members decides the digest. */
export function jsonBlob(mediaType: string, value: object): Blob & { readonly content: Buffer } {
  return blobOf(mediaType, Buffer.from(JSON.stringify(value)));
}
