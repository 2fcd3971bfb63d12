import { generateKeyRing, type KeyRing } from '../keys/key-ring.ts';
import { createRepository, type Repository } from '../repository.ts';
import { encodeRoot } from '../root.ts';
import { targetOf, type Target } from '../target.ts';
import { manifestTarget } from '../update-manifest.ts';

export const SAMPLE_VARIANT = 'metal-containerd';
export const SAMPLE_ARCH = 'x86_64';

const YEAR_MS = 365 * 86_400_000;

const TINY_IMAGES = { boot: Buffer.from('boot'), root: Buffer.from('root'), hash: Buffer.from('hash') };

/** Made once: an RSA key takes a second on a busy machine. */
let ring: KeyRing | undefined;

/** The files of one update, whose images are a few bytes, and the manifest that offers it. */
export function sampleTargets(version: string, images = TINY_IMAGES): Target[] {
  const base = `sparkler-${SAMPLE_VARIANT}-${SAMPLE_ARCH}-${version}-0123456789ab`;
  const names = {
    boot: `${base}-boot.ext4.lz4`,
    root: `${base}-root.ext4.lz4`,
    hash: `${base}-root.verity.lz4`,
  };
  const update = { variant: SAMPLE_VARIANT, arch: SAMPLE_ARCH, version, max_version: version };
  return [
    manifestTarget({ updates: [{ ...update, waves: {}, images: names }], migrations: {} }),
    targetOf(names.boot, images.boot),
    targetOf(names.root, images.root),
    targetOf(names.hash, images.hash),
  ];
}

/** An honest repository that offers 0.2.0, and the root metadata that its clients begin with. */
export function sampleRepository(images = TINY_IMAGES): {
  repository: Repository;
  firstRoot: Buffer;
} {
  const keys = (ring ??= generateKeyRing());
  const expires = new Date(Date.now() + YEAR_MS);
  const firstRoot = encodeRoot({ version: 1, expires, keys, signers: keys.root.keys });
  return { repository: createRepository(keys, firstRoot, sampleTargets('0.2.0', images)), firstRoot };
}
