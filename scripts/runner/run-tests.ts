import { count, countLine, type Counts } from '../../harness/report/render/text.ts';
import { Quarantine } from '../../harness/report/quarantine/apply.ts';
import { readQuarantine } from '../../harness/report/quarantine/entries.ts';
import { ARCHITECTURES } from '../../harness/util/architecture.ts';
import { EXIT_CODES, type ExitCode } from '../../harness/util/errors.ts';
import { plainPath } from '../../harness/util/files/plain-path.ts';
import type { Invocation } from '../cli/command.ts';
import { findSuites } from './plan/discover.ts';
import type { Interruption } from '../cli/interruption.ts';
import { listPromises } from './list.ts';
import { fileNames, filesOf, projectsOf, requireWork } from './plan/projects.ts';
import { TEST_COMMAND } from './command.ts';
import { defaultReports, ReportDirectory } from './reports/directory.ts';
import { evictOldReports } from './reports/evict.ts';
import { parseRequest, requireNothingElse, type RunRequest } from './request.ts';
import { runSuites } from './run-suites.ts';
import type { TestTarget } from './plan/targets.ts';
import { runUnitTests, type UnitTests } from './unit-tests.ts';
import { exitCodeFor } from './verdict.ts';

/** Where a run finds what it runs. */
export interface Workplace {
  readonly root: string;
  readonly suitesDirectory: string;
  /** What images can be built. */
  readonly variants: readonly string[];
  readonly hasUnitTests: boolean;
  /** Builds the guest's end of the bridge for this host; unit tests that need it are skipped without. */
  readonly buildGuestBridge?: (signal: AbortSignal) => Promise<string>;
  /** Builds or opens the images, and makes sure that this host can boot them. */
  readonly prepareTargets: (
    request: RunRequest,
    files: readonly string[],
    signal: AbortSignal,
  ) => Promise<readonly TestTarget[]>;
}

/** The whole of `npm test`, from the arguments to the closing line. */
export async function runTests(
  { flags, positionals }: Invocation<(typeof TEST_COMMAND)['flags']>,
  interruption: Interruption,
  workplace: Workplace,
): Promise<ExitCode> {
  const root = plainPath(workplace.root);
  if (flags['unit-tests']) {
    requireNothingElse(flags, positionals);
    const { counts, verdict } = await runUnitTests({ ...workplace, root }, interruption);
    // What the interruption cut short has not failed.
    return isInterrupted(interruption) ? EXIT_CODES.interrupted : close(counts, exitCodeFor(verdict));
  }
  const { suites, directory: suitesDirectory } = await findSuites(flags.suites, workplace.suitesDirectory);
  const request = parseRequest(flags, positionals, {
    suites: [...suites.keys()],
    suiteFiles: fileNames(suites, suitesDirectory),
    variants: workplace.variants,
  });
  requireWork(request, suites, suitesDirectory);

  if (request.list) {
    const projects = projectsOf(request, suites, [ANY_TARGET], { suitesDirectory, reportDirectory: root });
    return listPromises(root, projects, interruption);
  }
  // It is about Hotfire's own suites, and read before any work.
  const entries = request.ownSuites === undefined ? await readQuarantine(root) : [];
  using reportDirectory = await ReportDirectory.reserve(root, request.reportDirectory);
  const unit = wantsUnitTests(request, workplace)
    ? await runUnitTests({ ...workplace, root }, interruption)
    : NONE;
  if (isInterrupted(interruption)) return EXIT_CODES.interrupted;
  if (unit.counts.failed > 0)
    return close(unit.counts, exitCodeFor(unit.verdict), 'The unit tests failed, so no machine was booted.');

  const targets = await workplace.prepareTargets(
    request,
    filesOf(request, suites, suitesDirectory),
    interruption.signal,
  );
  if (isInterrupted(interruption)) return EXIT_CODES.interrupted;
  const report = await runSuites({
    ...{ root, suitesDirectory, suites, request, targets, interruption },
    reportDirectory,
    quarantine: new Quarantine(entries, new Date()),
  });
  const remark =
    request.reportDirectory === undefined ? await evictOldReports(defaultReports(root)) : undefined;
  return close(sum(unit.counts, count(report.tests)), exitCodeFor(report.verdict), remark);
}

/** A call, because the compiler takes a property that it saw false for false for ever. */
function isInterrupted({ signal }: Interruption): boolean {
  return signal.aborted;
}

const NONE: UnitTests = { counts: { passed: 0, failed: 0, skipped: 0 }, verdict: 'passed' };

const ANY_TARGET: TestTarget = {
  ...{ name: 'any', arch: ARCHITECTURES[0], imageFlags: '', testFlags: '' },
  ...{ imagePath: null, nextImagePath: null, workloadsPath: null, livepatchPaths: null },
  ...{ profile: null, provenance: null },
};

/** They say something about Hotfire, not about an image, and once is enough for all shards. */
function wantsUnitTests(request: RunRequest, { hasUnitTests }: Workplace): boolean {
  const ofHotfire = request.imagePath === undefined && request.ownSuites === undefined;
  return hasUnitTests && request.allSuites && ofHotfire && request.shard.index === 1;
}

function sum(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function close(counts: Counts, exitCode: ExitCode, remark?: string): ExitCode {
  if (remark !== undefined) process.stdout.write(`${remark}\n`);
  process.stdout.write(`${countLine(counts)}\n`);
  return exitCode;
}
