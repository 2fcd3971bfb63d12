import type { Livepatch } from '../../image/livepatch/open.ts';
import { withTargets, type Change } from './repository.ts';
import { targetOf, type Target } from './target.ts';

/** The key of a target's custom metadata by which machines know a live patch. */
const LIVEPATCH = 'livepatch';
/** Digits of the build id that tell a repository's patches of one name apart. */
const BUILD_ID_DIGITS = 16;

/**
 * The next version of the repository, whose live patches are these and no others.
 *
 * @throws {UsageError} for two of one name for one build of the kernel.
 */
export function withLivepatches(patches: readonly Livepatch[]): Change {
  return (repository) => {
    const others = repository.targets.filter(({ custom }) => custom?.[LIVEPATCH] === undefined);
    return withTargets([...others, ...patches.map(livepatchTarget)])(repository);
  };
}

/**
 * A live patch as a repository offers it: `livepatch-<name>-<build id of its kernel>.ko`. Machines go by its custom metadata,
 * not by its name.
 */
export function livepatchTarget({ metadata, content }: Livepatch): Target {
  const buildId = metadata.kernel_build_id.slice(0, BUILD_ID_DIGITS);
  return {
    ...targetOf(`livepatch-${metadata.name}-${buildId}.ko`, content),
    custom: { [LIVEPATCH]: metadata },
  };
}
