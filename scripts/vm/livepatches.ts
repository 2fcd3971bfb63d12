import { Livepatches } from '../../harness/image/livepatch/built.ts';
import type { Image } from '../../harness/image/open.ts';
import { withLivepatches } from '../../harness/services/tuf/livepatch-target.ts';
import { offer, type Offer } from '../../harness/services/tuf/offer.ts';
import { publish } from '../../harness/services/tuf/publish.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { buildLivepatches } from '../../images/builder/build-livepatches.ts';
import { showProgress } from '../cli/show-progress.ts';

interface LivepatchFlags {
  readonly livepatch: string | undefined;
  readonly image: string | undefined;
}

/**
 * An update repository that offers the image and the live patches that were asked for.
 *
 * @returns undefined when none was asked for.
 * @throws {UsageError} for an unknown patch, or an image of which no kernel is known; and what `buildLivepatches` throws.
 */
export async function offerLivepatches(
  { livepatch, image: given }: LivepatchFlags,
  image: Image,
  signal: AbortSignal,
): Promise<Offer | undefined> {
  return livepatch === undefined ? undefined : offerNamed(livepatch.split(','), { image, given, signal });
}

interface Offered {
  readonly image: Image;
  /** The image's file, if it was given and not built. */
  readonly given: string | undefined;
  /** Other versions of the image. */
  readonly updates?: readonly Image[];
  readonly signal: AbortSignal;
}

/** The same for patches of these names. */
export async function offerNamed(
  names: readonly string[],
  { image, given, updates = [], signal }: Offered,
): Promise<Offer> {
  if (given !== undefined) {
    throw new UsageError(
      '--livepatch and --image exclude each other: patches are built for the kernel of an image of this tree.',
    );
  }
  const paths = await showProgress((events) => buildLivepatches({ names, arch: image.arch, events, signal }));
  const patches = await Livepatches.open(paths);
  const offered = await offer([image, ...updates]);
  offered.service.files = publish(withLivepatches(patches.all)(offered.repository));
  return offered;
}
