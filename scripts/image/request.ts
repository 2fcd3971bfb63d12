import { hostArchitecture, parseArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { listLivepatches } from '../../images/builder/config/livepatch.ts';
import { DEFAULT_VARIANT, listVariants } from '../../images/builder/config/variant.ts';
import { listExamples } from '../../images/builder/example/example.ts';
import { defineCommand, type FlagValues } from '../cli/command.ts';
import { ARCH_FLAG } from '../cli/image-flags.ts';

export const IMAGE_COMMAND = defineCommand({
  usage:
    'npm run image -- [--variant V | --example E | --livepatch NAME | --symbols | --list | --list-livepatches] [--arch A] [--os-version N] [--kernel-build N] [--json] [--rebuild] [--mirror URL] [--jobs N]',
  summary: `Builds an image, or finds it in the cache, and prints where its image.json is.`,
  flags: {
    variant: { value: 'V', help: `One of ${(await listVariants()).join(', ')}; default ${DEFAULT_VARIANT}.` },
    example: {
      value: 'E',
      help: `Builds a disk with another system instead, and prints where that is; one of ${(await listExamples()).join(', ')}.`,
    },
    livepatch: {
      value: 'NAME',
      help: `Builds a live patch for the kernel of images that were built, and prints where it is and what it is for; one of ${(await listLivepatches()).join(', ')}. All variants have the same kernel.`,
    },
    symbols: {
      help: 'Builds the debug information of the kernel that images have, and prints where that vmlinux is: reports of failures, `npm run diagnose -- --symbols` and debuggers then name lines of source. It takes about as long as the kernel.',
    },
    list: { help: 'Lists the variants, one a line, with what suites can ask of each.' },
    'list-livepatches': { help: 'Lists the live patches, one a line.' },
    arch: ARCH_FLAG,
    'os-version': {
      value: 'N',
      help: 'Version of the OS, such as 1.2.3; default: the one in images/release.toml.',
    },
    'kernel-build': {
      value: 'N',
      help: 'Build number of the kernel, from 1; default 1. Each is a kernel of its own, that takes no live patch of another.',
    },
    json: {
      help: 'Prints {"manifest", "elapsedMs", "steps"} instead of the path alone; with --example, {"disk", …}; with --livepatch, {"livepatches", …}; with --symbols, {"vmlinux", …}; with --list, {"variants"}; with --list-livepatches, {"livepatches"}.',
    },
    rebuild: { help: 'Repeats every step, with the packages that the mirror has now.' },
    mirror: { value: 'URL', help: "A mirror of Debian; default: the one in this host's apt sources." },
    jobs: { value: 'N', help: 'Compilers at a time; default: one for each processor.' },
  },
});

type Flags = FlagValues<(typeof IMAGE_COMMAND)['flags']>;

interface Options {
  readonly arch: Architecture;
  readonly mirror: string | undefined;
  readonly jobs: number | undefined;
  readonly rebuild: boolean;
}

/** What is to be built, and how. */
export type BuildRequest =
  | {
      readonly kind: 'image';
      readonly variant: string;
      readonly osVersion: string | undefined;
      readonly kernelBuild: number | undefined;
      readonly options: Options;
    }
  | { readonly kind: 'example'; readonly example: string; readonly options: Options }
  | {
      readonly kind: 'livepatch';
      readonly name: string;
      readonly variant: string;
      readonly options: Options;
    }
  | { readonly kind: 'symbols'; readonly kernelBuild: number | undefined; readonly options: Options };

/** What is only to be listed. */
type ListRequest = { readonly kind: 'list' } | { readonly kind: 'list-livepatches' };

/** Flags that say which of several things is to be built, or only listed. */
const KINDS = ['example', 'livepatch', 'symbols', 'list', 'list-livepatches'] as const;
const NOT_WITH_A_LIST = [
  'variant',
  'os-version',
  'kernel-build',
  'rebuild',
  'arch',
  'mirror',
  'jobs',
] as const;
/** Flags that mean nothing for one of them. */
const NOT_WITH: Readonly<Record<(typeof KINDS)[number], readonly (keyof Flags)[]>> = {
  example: ['variant', 'os-version', 'kernel-build'],
  livepatch: ['os-version', 'kernel-build', 'rebuild'],
  symbols: ['variant', 'os-version'],
  list: NOT_WITH_A_LIST,
  'list-livepatches': NOT_WITH_A_LIST,
};

/** @throws {UsageError} for flags that exclude each other, and values that can't be. */
export function parseImageRequest(flags: Flags): BuildRequest | ListRequest {
  const given = (name: keyof Flags): boolean => flags[name] !== undefined && flags[name] !== false;
  const kinds = KINDS.filter(given);
  const [kind] = kinds;
  if (kind !== undefined) {
    const excluded = [...kinds.slice(1), ...NOT_WITH[kind].filter(given)];
    if (excluded[0] !== undefined) throw exclusion(kind, excluded[0]);
  }
  const options = {
    arch: flags.arch === undefined ? hostArchitecture() : parseArchitecture(flags.arch),
    mirror: flags.mirror,
    jobs: counted(flags, 'jobs', 'compilers'),
    rebuild: flags.rebuild,
  };
  if (kind === 'list' || kind === 'list-livepatches') return { kind };
  if (flags.example !== undefined) return { kind: 'example', example: flags.example, options };
  const kernelBuild = counted(flags, 'kernel-build', 'a build');
  if (kind === 'symbols') return { kind, kernelBuild, options };
  const variant = flags.variant ?? DEFAULT_VARIANT;
  if (flags.livepatch !== undefined) return { kind: 'livepatch', name: flags.livepatch, variant, options };
  return { kind: 'image', variant, osVersion: flags['os-version'], kernelBuild, options };
}

function exclusion(one: string, other: string): UsageError {
  return new UsageError(`--${one} and --${other} exclude each other; leave one of them out.`);
}

function counted(flags: Flags, name: 'jobs' | 'kernel-build', what: string): number | undefined {
  const { [name]: text } = flags;
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new UsageError(
      `--${name} ${text} is no number of ${what}; it must be a whole number from 1 to 9999.`,
    );
  }
  return Number(text);
}
