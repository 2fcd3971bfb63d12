import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { messageOf, UsageError } from '../../util/errors.ts';
import { sha256 } from '../../util/files/sha256.ts';
import { MEDIA_TYPES, type Blob, type Descriptor } from './blob.ts';
import type { ContainerImage, ContainerImages } from './image.ts';
import { blobPath, INDEX_FILE, LAYOUT_FILE, REF_NAME } from './layout.ts';
import { indexSchema, layoutSchema, manifestSchema } from './schemas.ts';

const INDEXES: readonly string[] = [MEDIA_TYPES.index, MEDIA_TYPES.dockerIndex];
/** Registries need take no larger manifest (OCI distribution specification, "Pushing manifests"). */
const MANIFEST_LIMIT_BYTES = 4 * 1024 ** 2;
const NAME = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * The images of an OCI layout. Manifests are read and checked; layers stay where they are, and whoever pulls them checks them.
 *
 * @throws {UsageError} for a directory that is no layout, or lacks what it names.
 */
export async function readLayout(directory: string): Promise<ContainerImages> {
  try {
    layoutSchema.parse(await readJson(join(directory, LAYOUT_FILE)));
    const { manifests } = indexSchema.parse(await readJson(join(directory, INDEX_FILE)));
    const images = new Map<string, ContainerImage>();
    for (const { annotations, ...descriptor } of manifests)
      images.set(checkedName(annotations?.[REF_NAME]), await readImage(directory, descriptor));
    return images;
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new UsageError(`${directory} is no OCI layout that can be served: ${what}`, {
      cause: error,
      hint: 'Make one with `skopeo copy docker://IMAGE oci:DIRECTORY:NAME:TAG`.',
    });
  }
}

function checkedName(name: string | undefined): string {
  if (name !== undefined && NAME.test(name)) return name;
  throw new Error(`an image is named ${JSON.stringify(name)} by ${REF_NAME}; it must be repository:tag.`);
}

async function readImage(directory: string, descriptor: Descriptor): Promise<ContainerImage> {
  const content = await readManifest(directory, descriptor);
  const manifest: Blob = { descriptor, content };
  const json: unknown = JSON.parse(content.toString());
  if (INDEXES.includes(descriptor.mediaType)) {
    const images = await Promise.all(
      indexSchema.parse(json).manifests.map((below) => readImage(directory, below)),
    );
    return {
      manifests: [manifest, ...images.flatMap(({ manifests }) => manifests)],
      blobs: images.flatMap(({ blobs }) => blobs),
    };
  }
  const { config, layers } = manifestSchema.parse(json);
  return {
    manifests: [manifest],
    blobs: await Promise.all([config, ...layers].map((blob) => findBlob(directory, blob))),
  };
}

async function readManifest(directory: string, { digest, size }: Descriptor): Promise<Buffer> {
  if (size > MANIFEST_LIMIT_BYTES)
    throw new Error(`the manifest ${digest} has ${size} bytes; ${MANIFEST_LIMIT_BYTES} are allowed.`);
  const content = await readFile(blobPath(directory, digest));
  if (`sha256:${sha256(content)}` !== digest) throw new Error(`the manifest ${digest} has another digest.`);
  return content;
}

async function findBlob(directory: string, descriptor: Descriptor): Promise<Blob> {
  const path = blobPath(directory, descriptor.digest);
  const { size } = await stat(path);
  if (size !== descriptor.size)
    throw new Error(`the blob ${descriptor.digest} has ${size} bytes, not ${descriptor.size}.`);
  return { descriptor, content: { path } };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
