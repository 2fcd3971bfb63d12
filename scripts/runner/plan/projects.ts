import { fileRunKey, relativeFile, withoutExtension } from '../../../harness/report/file-run.ts';
import type { TestRecord } from '../../../harness/report/schema.ts';
import type { RunSettings } from '../../../harness/report/settings.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { runsAlone } from './discover.ts';
import type { RunRequest } from '../request.ts';
import { inShard } from './shard.ts';
import type { TestTarget } from './targets.ts';
import type { SuiteProject } from '../vitest.ts';

/** Suite name → its files. */
export type Suites = ReadonlyMap<string, readonly string[]>;

/**
 * Fails before anything is built.
 *
 * @throws {UsageError} when there are more shards than files to share out.
 */
export function requireWork(
  { shard, ...request }: RunRequest,
  suites: Suites,
  suitesDirectory: string,
): void {
  const targets = request.imagePath === undefined ? request.variants.length * request.archs.length : 1;
  const count = filesOf(request, suites, suitesDirectory).length * targets;
  if (shard.index > count) {
    throw new UsageError(
      `Shard ${shard.index}/${shard.total} is empty: there are ${count} suite files to share out.`,
    );
  }
}

/** For each target and repetition the files of this shard, those that want the host for themselves apart. */
export function projectsOf(
  request: RunRequest,
  suites: Suites,
  targets: readonly TestTarget[],
  directories: Pick<RunSettings, 'suitesDirectory' | 'reportDirectory'>,
): SuiteProject[] {
  const files = filesOf(request, suites, directories.suitesDirectory);
  const pairs = targets.flatMap((target) => files.map((file) => ({ target, file })));
  const mine = inShard(pairs, request.shard);
  return Array.from({ length: request.repeat }, (_, index) => index + 1).flatMap((repetition) =>
    targets.flatMap((target) => {
      const ofTarget = mine.filter((pair) => pair.target === target).map((pair) => pair.file);
      const settings: RunSettings = {
        ...directories,
        target: target.name,
        arch: target.arch,
        imagePath: target.imagePath,
        nextImagePath: target.nextImagePath,
        workloadsPath: target.workloadsPath,
        livepatchPaths: target.livepatchPaths,
        profile: target.profile,
        accelerator: target.provenance?.accelerator.name ?? null,
        diskSizeBytes: request.diskSizeBytes ?? null,
        repetition,
        keepVm: request.keepVm,
        keepMemory: request.keepMemory,
        debug: request.debug,
        hold: request.hold,
        exhaustive: request.exhaustive,
      };
      return [true, false].flatMap((alone) => {
        const files = ofTarget.filter((file) => runsAlone(file) === alone);
        return files.length === 0 ? [] : [{ settings, files, alone }];
      });
    }),
  );
}

/** In the order of the plan, whatever order the files ran in. */
export function inOrder(tests: readonly TestRecord[], projects: readonly SuiteProject[]): TestRecord[] {
  const planned = projects.flatMap(({ settings: { suitesDirectory, target, repetition }, files }) =>
    files.map((path) => fileRunKey({ file: relativeFile(path, suitesDirectory), target, repetition })),
  );
  const places = new Map(planned.map((key, index) => [key, index]));
  const placeOf = (test: TestRecord): number => places.get(fileRunKey(test)) ?? planned.length;
  return [...tests].sort((a, b) => placeOf(a) - placeOf(b));
}

/** What can be chosen besides whole suites: their files, such as "boot/verity". */
export function fileNames(suites: Suites, suitesDirectory: string): string[] {
  return [...suites.values()].flat().map((file) => fileName(file, suitesDirectory));
}

/** Those that were chosen and not left out, absolute. */
export function filesOf(
  request: Pick<RunRequest, 'suites' | 'without'>,
  suites: Suites,
  suitesDirectory: string,
): string[] {
  const [chosen, leftOut] = [new Set(request.suites), new Set(request.without)];
  return [...suites].flatMap(([suite, files]) =>
    files.filter((file) => {
      const isIn = (names: ReadonlySet<string>): boolean =>
        names.has(suite) || names.has(fileName(file, suitesDirectory));
      return isIn(chosen) && !isIn(leftOut);
    }),
  );
}

/** As the line of a report that reproduces a failure has it. */
function fileName(file: string, suitesDirectory: string): string {
  return withoutExtension(relativeFile(file, suitesDirectory));
}
