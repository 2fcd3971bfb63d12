import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Content } from '../content.ts';
import type { Blob, Descriptor } from './blob.ts';
import type { ContainerImages } from './image.ts';

export const LAYOUT_FILE = 'oci-layout';
export const INDEX_FILE = 'index.json';
/** By it an entry of a layout's index tells its name (OCI image specification, annotations.md). */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/** Writes images as an OCI layout (OCI image specification, image-layout.md), where other tools find them by their names. */
export async function writeLayout(directory: string, images: ContainerImages): Promise<void> {
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  const blobs = new Map<string, Content>();
  const named: Descriptor[] = [];
  for (const [name, image] of images) {
    named.push({ ...image.manifests[0].descriptor, annotations: { [REF_NAME]: name } });
    for (const { descriptor, content } of [...image.manifests, ...image.blobs])
      blobs.set(descriptor.digest, content);
  }
  for (const [digest, content] of blobs) {
    const path = blobPath(directory, digest);
    await (Buffer.isBuffer(content) ? writeFile(path, content) : copyFile(content.path, path));
  }
  await writeFile(join(directory, LAYOUT_FILE), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(directory, INDEX_FILE), JSON.stringify({ schemaVersion: 2, manifests: named }));
}

export function blobPath(directory: string, digest: Blob['descriptor']['digest']): string {
  return join(directory, 'blobs', ...digest.split(':'));
}
