import { openImage, type Image } from '../../harness/image/open.ts';
import { hostArchitecture, parseArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { Events } from '../../harness/util/events.ts';
import { buildImage } from '../../images/builder/build.ts';
import type { BuildEvents } from '../../images/builder/cache/events.ts';
import { Progress } from '../../images/builder/progress/progress.ts';

/** The flags by which a user chooses one image. */
export interface ImageFlags {
  readonly variant: string | undefined;
  readonly arch: string | undefined;
  readonly image: string | undefined;
}

/**
 * Opens the image that was given, or builds the one that was asked for.
 *
 * @throws {UsageError} for flags that exclude each other, or no image; {InfrastructureError} when it can't be built.
 */
export async function obtainImage(
  flags: ImageFlags,
  defaultVariant: string,
  signal: AbortSignal,
): Promise<Image> {
  const arch = flags.arch === undefined ? undefined : parseArchitecture(flags.arch);
  if (flags.image === undefined) {
    return openImage(await build(flags.variant ?? defaultVariant, arch ?? hostArchitecture(), signal));
  }
  if (flags.variant !== undefined) {
    throw new UsageError('--image and --variant exclude each other: an image has a variant already.');
  }
  const image = await openImage(flags.image);
  if (arch !== undefined && arch !== image.arch) {
    throw new UsageError(`${flags.image} is for ${image.arch}, not ${arch}; leave --arch out.`);
  }
  return image;
}

async function build(variant: string, arch: Architecture, signal: AbortSignal): Promise<string> {
  const events = new Events<BuildEvents>();
  const progress = new Progress(events, process.stderr);
  try {
    return (await buildImage({ variant, arch, events, signal })).manifest;
  } finally {
    progress.stop();
  }
}
