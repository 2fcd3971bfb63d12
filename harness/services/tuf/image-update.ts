import { join } from 'node:path';

import type { Image } from '../../image/open.ts';
import { UsageError } from '../../util/errors.ts';
import { UPDATE_KEYS_VARIABLE } from '../../image/update-keys.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Target } from './target.ts';
import { readTrustedKeys, readTrustedRoot } from './trust.ts';
import type { UpdateManifest } from './update-manifest.ts';

/** What a repository needs to offer an image. */
export interface ImageUpdate {
  /** For everybody at once, and without a limit; a test changes what it is about. */
  readonly update: UpdateManifest['updates'][number];
  /** The three images that it names. They are served from the image's directory. */
  readonly targets: readonly Target[];
}

/** @throws {UsageError} for an image that brings no update images. */
export function imageUpdate(image: Image): ImageUpdate {
  const { os, variant, arch, images } = requireUpdates(image);
  const targets = [images.boot, images.root, images.hash].map(({ file, sha256, sizeBytes }) => ({
    name: file,
    content: { path: join(image.directory, file) },
    lengthBytes: sizeBytes,
    sha256,
  }));
  const names = { boot: images.boot.file, root: images.root.file, hash: images.hash.file };
  const { version } = os;
  return { update: { variant, arch, version, max_version: version, waves: {}, images: names }, targets };
}

/**
 * The keys that machines running this image trust, and the root metadata that says so.
 *
 * @throws {UsageError} for an image without updates, or one whose private keys are not at hand or wrong.
 */
export async function imageTrust(image: Image): Promise<{ keys: KeyRing; firstRoot: Buffer }> {
  const { trustedRoot } = requireUpdates(image);
  if (image.updateKeysPath === undefined) {
    throw new UsageError(
      `The private keys of the update repository that ${image.path} trusts are not at hand.`,
      {
        hint: `Name their directory in ${UPDATE_KEYS_VARIABLE}.`,
      },
    );
  }
  const trusted = await readTrustedRoot(join(image.directory, trustedRoot.file));
  return { keys: await readTrustedKeys(image.updateKeysPath, trusted), firstRoot: trusted.bytes };
}

function requireUpdates({ path, manifest }: Image) {
  if (manifest?.updateRepository !== undefined) return { ...manifest, ...manifest.updateRepository };
  throw new UsageError(`${path} brings no update images.`, {
    hint: 'Its image.json needs the section updateRepository; npm run image writes one.',
  });
}
