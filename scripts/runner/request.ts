import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';

import { hostArchitecture, parseArchitecture, type Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { DEFAULT_VARIANT } from '../../images/builder/config/variant.ts';
import type { FlagValues } from '../cli/command.ts';
import { parseDiskSize } from '../cli/disk-size.ts';
import { unknownName } from '../cli/suggest.ts';
import { MAX_DEFAULT_JOBS, type TEST_COMMAND } from './command.ts';
import type { Shard } from './plan/shard.ts';

/** What `npm test` was asked to do, checked. */
export interface RunRequest {
  /** Names of suites, or of files of theirs: "boot", "boot/verity". */
  readonly suites: readonly string[];
  /** Of them, what is left out; names of the same kinds. */
  readonly without: readonly string[];
  /** False when suites were chosen: then only those are wanted. */
  readonly allSuites: boolean;
  readonly variants: readonly string[];
  readonly archs: readonly Architecture[];
  readonly archGiven: boolean;
  readonly imagePath: string | undefined;
  readonly nextImagePath: string | undefined;
  /** The name of a shipped profile or the path of a file. */
  readonly profile: string | undefined;
  /** The suites are the user's own, from this directory. */
  readonly ownSuites: string | undefined;
  /** Of every machine's first disk; undefined for the image's own size. */
  readonly diskSizeBytes: number | undefined;
  readonly reportDirectory: string | undefined;
  /** Where the results go as TAP, if they do. */
  readonly tapPath: string | undefined;
  readonly shard: Shard;
  readonly repeat: number;
  readonly jobs: number;
  readonly list: boolean;
  readonly keepVm: boolean;
  /** The memory of a failed test's machines goes into the report. */
  readonly keepMemory: boolean;
  readonly debug: boolean;
  /** The machines of a failed test run on until the user lets them go. */
  readonly hold: boolean;
  readonly exhaustive: boolean;
}

/** What can be asked for. */
export interface Known {
  readonly suites: readonly string[];
  readonly suiteFiles: readonly string[];
  readonly variants: readonly string[];
}

/** @throws {UsageError} for the first thing asked for that is not to be had. */
export function parseRequest(
  flags: FlagValues<(typeof TEST_COMMAND)['flags']>,
  positionals: readonly string[],
  known: Known,
): RunRequest {
  const chosen = [...positionals, ...(flags.suite === undefined ? [] : [flags.suite])].flatMap(names);
  const without = flags.without === undefined ? [] : names(flags.without);
  for (const suite of [...chosen, ...without]) {
    requireKnown('suite', suite, suite.includes('/') ? known.suiteFiles : known.suites);
  }
  const variants = names(flags.variant ?? DEFAULT_VARIANT);
  if (flags.image !== undefined && flags.variant !== undefined) {
    throw new UsageError('--image and --variant exclude each other: an image has a variant already.');
  }
  if (flags.image === undefined)
    for (const variant of variants) requireKnown('variant', variant, known.variants);
  const archs = flags.arch === undefined ? [hostArchitecture()] : names(flags.arch).map(parseArchitecture);
  if (flags.image !== undefined) requireImage(flags.image, archs);
  requireNextImage(flags['next-image'], flags.image, archs);
  return {
    suites: chosen.length === 0 ? known.suites : unique(chosen),
    without,
    allSuites: chosen.length === 0,
    variants: unique(variants),
    archs: unique(archs),
    archGiven: flags.arch !== undefined,
    imagePath: flags.image,
    nextImagePath: flags['next-image'],
    profile: flags.profile,
    ownSuites: flags.suites,
    diskSizeBytes: flags['disk-size'] === undefined ? undefined : parseDiskSize(flags['disk-size']),
    reportDirectory: flags.report,
    tapPath: parseTapPath(flags.tap),
    shard: parseShard(flags.shard ?? '1/1'),
    repeat: positiveInteger('--repeat', flags.repeat ?? '1'),
    jobs: jobsOf(flags),
    list: flags.list,
    keepVm: flags['keep-vm'],
    keepMemory: flags['keep-memory'],
    debug: flags.debug,
    hold: flags.debug && process.stdin.isTTY,
    exhaustive: flags.exhaustive,
  };
}

/** @throws {UsageError} when more than the unit tests were asked for, which have no image, suite or report. */
export function requireNothingElse(
  flags: FlagValues<(typeof TEST_COMMAND)['flags']>,
  positionals: readonly string[],
): void {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined && value !== false);
  const others = [...positionals, ...given.map(([name]) => `--${name}`)].filter(
    (one) => one !== '--unit-tests',
  );
  if (others.length > 0)
    throw new UsageError(`--unit-tests goes with nothing else; leave out ${others.join(', ')}.`);
}

function names(list: string): string[] {
  const parts = list.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new UsageError(`"${list}" has an empty name in it; write A,B.`);
  return parts;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function requireKnown(kind: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw unknownName(kind, name, known);
}

function requireImage(path: string, archs: readonly Architecture[]): void {
  if (archs.length > 1) throw new UsageError(`${basename(path)} has one architecture; give one with --arch.`);
  if (!existsSync(path)) {
    throw new UsageError(`There is no image at "${path}".`, {
      hint: 'Give the path of an image.json, of the directory that holds it, or of a disk.',
    });
  }
}

function requireNextImage(
  path: string | undefined,
  image: string | undefined,
  archs: readonly Architecture[],
): void {
  if (path === undefined) return;
  if (image === undefined) {
    throw new UsageError('--next-image goes with --image; of a variant, the next version is built.');
  }
  requireImage(path, archs);
}

/** With --debug one file at a time, so that what is shown and held is one thing. */
function jobsOf({ jobs, debug }: { readonly jobs: string | undefined; readonly debug: boolean }): number {
  const asked = positiveInteger('--jobs', jobs ?? String(debug ? 1 : defaultJobs()));
  if (debug && asked > 1) {
    throw new UsageError(`--debug shows one suite file at a time; leave --jobs ${asked} out.`);
  }
  return asked;
}

/** A file keeps less than one processor busy: now and then it waits for something that takes its time. */
function defaultJobs(): number {
  return Math.min(availableParallelism() + 1, MAX_DEFAULT_JOBS);
}

/** What is found out now costs no run. */
function parseTapPath(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new UsageError(`--tap ${path} is not a file.`);
  if (existsSync(dirname(path))) return path;
  throw new UsageError(`--tap ${path}: there is no directory ${dirname(path)}.`, {
    hint: 'Make it, or give a file in another one.',
  });
}

function parseShard(text: string): Shard {
  const match = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text);
  const [index, total] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index > total) {
    throw new UsageError(`--shard ${text} is no shard; it must be I/N with 1 <= I <= N, for example 2/3.`);
  }
  return { index, total };
}

function positiveInteger(flag: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`${flag} ${text}: it must be a whole number from 1.`);
  return Number(text);
}
