import { jsonBlob, MEDIA_TYPES, type Blob, type Platform } from './blob.ts';
import type { Layer } from './layer.ts';

/** What a registry has under one name. */
export interface ContainerImage {
  /** The name leads to the first: the only manifest, or an index of the others. */
  readonly manifests: readonly [Blob, ...Blob[]];
  /** Configurations and layers. */
  readonly blobs: readonly Blob[];
}

/** Images by `repository:tag`. */
export type ContainerImages = ReadonlyMap<string, ContainerImage>;

/** What a container starts with (OCI image specification, config.md). */
export interface ContainerConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
}

export interface ImageParts {
  readonly platform: Platform;
  /** From the lowest to the uppermost. */
  readonly layers: readonly Layer[];
  readonly config: ContainerConfig;
}

export function imageOf({ platform, layers, config }: ImageParts): ContainerImage {
  const configBlob = jsonBlob(MEDIA_TYPES.config, {
    ...platform,
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  const blobs = [configBlob, ...layers.map(({ blob }) => blob)];
  const manifest = jsonBlob(MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: configBlob.descriptor,
    layers: layers.map(({ blob }) => blob.descriptor),
  });
  return { manifests: [manifest], blobs };
}

/** One name for the images of several platforms. What the index says of them need not be so. */
export function multiPlatform(
  images: readonly { readonly image: ContainerImage; readonly platform: Platform }[],
): ContainerImage {
  const index = jsonBlob(MEDIA_TYPES.index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: images.map(({ image, platform }) => ({ ...image.manifests[0].descriptor, platform })),
  });
  return {
    manifests: [index, ...images.flatMap(({ image }) => image.manifests)],
    blobs: images.flatMap(({ image }) => image.blobs),
  };
}
