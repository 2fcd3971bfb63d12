import { imageUpdate, targetOf, withTargets } from '../../../harness/index.ts';
import type { Image, Repository, UpdateManifest } from '../../../harness/index.ts';

export const MANIFEST = 'manifest.json';

export type Entry = UpdateManifest['updates'][number];

/** A manifest with nothing but the given entry, changed. */
export const listing =
  (change: (entry: Entry) => object) =>
  (entry: Entry): unknown => ({ updates: [{ ...entry, ...change(entry) }], migrations: {} });

/** The repository's next version, with another manifest: any JSON, made from the honest entry of an image. */
export function withManifest(
  repository: Repository,
  manifest: (entry: Entry) => unknown,
  image: Image,
): Repository {
  const content = Buffer.from(JSON.stringify(manifest(imageUpdate(image).update)));
  const others = repository.targets.filter(({ name }) => name !== MANIFEST);
  return withTargets([targetOf(MANIFEST, content), ...others])(repository);
}
