import type { Content, DescribedContent, FileTree } from '../content.ts';
import type { Blob } from '../oci/blob.ts';
import type { ContainerImages } from '../oci/image.ts';

const REFERENCE = /^(?<repository>.+):(?<tag>[^:]+)$/;

/** What every client asks for first; an empty object says that the interface is spoken here. */
const BASE = 'v2/';

/** Docker Hub keeps the images whose names have one part there; whoever mirrors it is asked for them so. */
const HUB_NAMESPACE = 'library';

/**
 * Lays images out as the OCI distribution specification (version 1.1, "Pull") wants to be asked for them:
 * `v2/REPOSITORY/manifests/TAG`, `v2/REPOSITORY/manifests/DIGEST`, `v2/REPOSITORY/blobs/DIGEST`. What is called `NAME:TAG` is
 * also found as `library/NAME:TAG`.
 */
export function publishImages(images: ContainerImages): FileTree {
  const files = new Map<string, Content | DescribedContent>([
    [BASE, { content: Buffer.from('{}'), headers: { 'content-type': 'application/json' } }],
  ]);
  for (const [name, { manifests, blobs }] of images) {
    const { repository, tag } = REFERENCE.exec(name)?.groups ?? {};
    if (repository === undefined || tag === undefined)
      throw new Error(`An image is called ${name}; it must be repository:tag.`);
    const aliases = repository.includes('/') ? [] : [`${HUB_NAMESPACE}/${repository}`];
    for (const below of [repository, ...aliases].map((path) => `${BASE}${path}`)) {
      files.set(`${below}/manifests/${tag}`, manifestFile(manifests[0]));
      for (const manifest of manifests)
        files.set(`${below}/manifests/${manifest.descriptor.digest}`, manifestFile(manifest));
      for (const blob of blobs) files.set(`${below}/blobs/${blob.descriptor.digest}`, blobFile(blob));
    }
  }
  return files;
}

function manifestFile(blob: Blob): DescribedContent {
  return withHeaders(blob, blob.descriptor.mediaType);
}

function blobFile(blob: Blob): DescribedContent {
  return withHeaders(blob, 'application/octet-stream');
}

function withHeaders({ descriptor, content }: Blob, contentType: string): DescribedContent {
  return { content, headers: { 'content-type': contentType, 'docker-content-digest': descriptor.digest } };
}
