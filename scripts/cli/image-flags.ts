import { openImage, type Image, type OpenOptions } from '../../harness/image/open.ts';
import {
  ARCHITECTURES,
  hostArchitecture,
  parseArchitecture,
  type Architecture,
} from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { buildImage, nextVersion } from '../../images/builder/build.ts';
import { tellProgress } from './notice.ts';
import { showProgress } from './show-progress.ts';

/** The flag --arch of every command that takes one image. */
export const ARCH_FLAG = {
  value: 'A',
  help: `${ARCHITECTURES.join(' or ')}; default: this host's.`,
} as const;

/** The flags by which a user chooses one image. */
export interface ImageFlags {
  readonly variant: string | undefined;
  readonly arch: string | undefined;
  readonly image: string | undefined;
  readonly profile?: string | undefined;
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
  const image = await openImage(flags.image, { ...openOptions(arch, signal), profile: flags.profile });
  if (arch !== undefined && arch !== image.arch) {
    throw new UsageError(`${flags.image} is for ${image.arch}, not ${arch}; leave --arch out.`);
  }
  return image;
}

/**
 * Another version of what `obtainImage` gives for the same flags.
 *
 * @throws {UsageError} when an image was given without another one; {InfrastructureError} when it can't be built.
 */
export async function obtainNextImage(
  flags: ImageFlags & { readonly 'next-image': string | undefined },
  defaultVariant: string,
  signal: AbortSignal,
): Promise<Image> {
  const arch = flags.arch === undefined ? undefined : parseArchitecture(flags.arch);
  if (flags['next-image'] !== undefined) return openImage(flags['next-image'], openOptions(arch, signal));
  if (flags.image !== undefined) {
    throw new UsageError('Give another version of the image with --next-image, to update to.');
  }
  return openImage(
    await build(flags.variant ?? defaultVariant, arch ?? hostArchitecture(), signal, await nextVersion()),
  );
}

function openOptions(arch: Architecture | undefined, signal: AbortSignal): OpenOptions {
  return { signal, notice: tellProgress, ...(arch && { arch }) };
}

function build(
  variant: string,
  arch: Architecture,
  signal: AbortSignal,
  version: Partial<Awaited<ReturnType<typeof nextVersion>>> = {},
): Promise<string> {
  return showProgress(
    async (events) => (await buildImage({ variant, arch, ...version, events, signal })).manifest,
  );
}
