import type { Capability } from '../../harness/os/capabilities.ts';
import { relativeFile, withoutExtension } from '../../harness/report/file-run.ts';
import { shellQuote } from '../../harness/process/shell-quote.ts';
import { ARCHITECTURES, type Architecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { EXAMPLE_DISK } from '../../images/builder/steps/example-disk.ts';
import { unknownName } from '../cli/suggest.ts';
import { filesOf, fileNames } from '../runner/plan/projects.ts';
import type { FoundSuites } from '../runner/plan/discover.ts';
import type { KindContent, PlannedTests } from './content.ts';
import type { Cell, Omission } from './schema.ts';
import type { Need } from './suite-needs.ts';

export interface Matrix {
  /** Name → what suites may ask of it. */
  readonly variants: ReadonlyMap<string, ReadonlySet<Capability>>;
  /** The suites of Hotfire, or those in a directory relative to the checkout. */
  readonly suitesIn: (directory: string | undefined) => Promise<FoundSuites>;
  /** What the tests of a suite file need, each; see `needsOfFile`. */
  readonly needsOf: (path: string) => Promise<readonly (readonly Need[])[]>;
  /** Whether a suite file, absolute, is wanted; without it, all are. */
  readonly wants?: (path: string) => boolean;
}

interface Cells {
  readonly cells: readonly Omit<Cell, 'estimateMs' | 'basis'>[];
  /** Flags of a cell → what builds their image, or finds it in the cache. */
  readonly images: ReadonlyMap<string, string>;
  readonly omissions: Omission[];
}

interface Target {
  /** As reports name it. */
  readonly name: string;
  /** What chooses it in `npm test`, as a shell takes it. */
  readonly flags: string;
  /** What builds its image, or finds it in the cache. */
  readonly image: string;
  /** Undefined for an image that is known only when it is there. */
  readonly capabilities: ReadonlySet<Capability> | undefined;
}

/**
 * Target x suite file, in the order of the content, but what is not wanted; a suite file that has no test for a target is an omission.
 * What the content has twice is run as it is there the last time.
 *
 * @throws {UsageError} for a variant or suite that is not there.
 */
export async function cellsOf(
  content: Pick<KindContent, 'tests' | 'without'>,
  matrix: Matrix,
): Promise<Cells> {
  const cells = new Map<string, Cells['cells'][number]>();
  const images = new Map<string, string>();
  const omissions = new Map<string, Omission>();
  requireSuites(content.without, await matrix.suitesIn(undefined));
  for (const tests of content.tests) {
    const found = await matrix.suitesIn(tests.own_suites);
    const { directory, suites } = found;
    const chosen = tests.suites ?? [...suites.keys()];
    requireSuites(chosen, found);
    const without = tests.own_suites === undefined ? content.without : [];
    for (const { name: target, flags, image, capabilities } of targetsOf(tests, matrix)) {
      images.set(flags, image);
      for (const path of filesOf({ suites: chosen, without }, suites, directory)) {
        if (matrix.wants?.(path) === false) continue;
        const file = relativeFile(path, directory);
        const key = `${target} ${directory} ${file}`;
        const reason = capabilities && reasonAgainst(await matrix.needsOf(path), capabilities);
        if (reason === undefined) cells.set(key, { target, file, flags });
        else omissions.set(key, { target, file, reason });
      }
    }
  }
  if (cells.size === 0 && matrix.wants === undefined)
    throw new UsageError('The plan is empty: no suite file has a test for its image.');
  return { cells: [...cells.values()], images, omissions: [...omissions.values()] };
}

function targetsOf(tests: PlannedTests, { variants }: Matrix): Target[] {
  const { example, profile, own_suites: ownSuites, architectures = ARCHITECTURES, exhaustive } = tests;
  const how = [
    ...(ownSuites === undefined ? [] : [`--suites ${shellQuote([ownSuites])}`]),
    ...(exhaustive === true ? ['--exhaustive'] : []),
  ];
  if (example !== undefined) {
    const described = profile === undefined ? [] : [`--profile ${shellQuote([profile])}`];
    return architectures.map((arch) => ({
      name: `${EXAMPLE_DISK}/${arch}`,
      // Where it is, is known when it is built, or found in the cache.
      flags: [`--image "$(${exampleDisk(example, arch)})"`, ...described, ...how].join(' '),
      image: exampleDisk(example, arch),
      capabilities: undefined,
    }));
  }
  const names = tests.variants ?? [...variants.keys()];
  for (const name of names) requireKnown('variant', name, [...variants.keys()]);
  return names.flatMap((variant) =>
    architectures.map((arch) => {
      const chosen = `--variant ${variant} --arch ${arch}`;
      return {
        name: `${variant}/${arch}`,
        flags: [chosen, ...how].join(' '),
        image: `npm run --silent image -- ${chosen}`,
        capabilities: variants.get(variant),
      };
    }),
  );
}

function exampleDisk(example: string, arch: Architecture): string {
  return `npm run --silent image -- --example ${shellQuote([example])} --arch ${arch}`;
}

function requireSuites(names: readonly string[], { suites, directory }: FoundSuites): void {
  for (const name of names) requireKnown('suite', name, [...suites.keys(), ...fileNames(suites, directory)]);
}

function requireKnown(kind: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw unknownName(kind, name, known);
}

/** Undefined when at least one of the tests can run. */
function reasonAgainst(
  tests: readonly (readonly Need[])[],
  capabilities: ReadonlySet<Capability>,
): string | undefined {
  const lacks = tests.map((needs) => needs.filter((need) => !need.some((one) => capabilities.has(one))));
  if (lacks.length === 0 || lacks.some((missing) => missing.length === 0)) return undefined;
  return `the image lacks ${[...new Set(lacks.flat().map((need) => need.join(' or ')))].join(', ')}`;
}

/** As --suite takes it. */
export function suiteName({ file }: Pick<Cell, 'file'>): string {
  return withoutExtension(file);
}
