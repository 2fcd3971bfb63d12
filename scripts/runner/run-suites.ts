import { rm } from 'node:fs/promises';
import { relative } from 'node:path';

import { describeCommit, describeHost } from '../../harness/report/host.ts';
import { LiveArea, type TerminalSize } from '../../harness/report/live/area.ts';
import { usualDurations } from '../../harness/report/live/usual.ts';
import {
  TerminalReporter,
  type TerminalReporterOptions,
} from '../../harness/report/terminal/terminal-reporter.ts';
import { SuiteReporter } from '../../harness/report/reporter.ts';
import { REPORT_VERSION, type RunReport } from '../../harness/report/schema.ts';
import { githubAnnotations } from '../../harness/report/render/github.ts';
import { duration } from '../../harness/report/render/text.ts';
import type { Quarantine } from '../../harness/report/quarantine/apply.ts';
import { writeReport } from '../../harness/report/write.ts';
import { InfrastructureError } from '../../harness/util/errors.ts';
import type { Interruption } from '../cli/interruption.ts';
import { inOrder, projectsOf, type Suites } from './plan/projects.ts';
import { HeldMachines } from './held-machines.ts';
import { defaultReports, type ReportDirectory } from './reports/directory.ts';
import type { RunRequest } from './request.ts';
import type { TestTarget } from './plan/targets.ts';
import { remarks, verdictOf } from './verdict.ts';
import { vitestFor, type SuiteProject } from './vitest.ts';

export interface SuiteRun {
  readonly root: string;
  readonly suitesDirectory: string;
  readonly suites: Suites;
  readonly request: RunRequest;
  readonly targets: readonly TestTarget[];
  readonly quarantine: Quarantine;
  readonly interruption: Interruption;
  readonly reportDirectory: ReportDirectory;
}

/** Of what fails outside every target. */
const NO_FLAGS = { imageFlags: '', testFlags: '' };

/** Runs the chosen suites on every target, shows progress on the terminal, and leaves a report whatever happens. */
export async function runSuites(run: SuiteRun): Promise<RunReport> {
  const { request, interruption } = run;
  const startedAt = Date.now();
  await run.reportDirectory.clear();
  // Nobody must take an earlier run's for this one's, however this one ends.
  if (request.tapPath !== undefined) await rm(request.tapPath, { force: true });
  const reportDirectory = run.reportDirectory.path;
  const shown = relative(process.cwd(), reportDirectory) || '.';
  const write = (text: string): void => void process.stdout.write(text);
  const live = request.debug || !process.stdout.isTTY ? undefined : await liveOn(process.stdout, run.root);
  using progress = new TerminalReporter({ write, debug: request.debug, ...(live && { live }) });
  using held = request.hold ? new HeldMachines(process.stdin) : undefined;
  for (const { name, provenance } of run.targets) progress.line(`${name}: ${provenanceLine(provenance)}`);
  const reporter = new SuiteReporter({
    progress,
    reportDirectory: shown,
    startedAt,
    quarantine: run.quarantine,
    onEvent: (event) => {
      held?.onEvent(event);
    },
    flags: (test) => run.targets.find(({ name }) => name === test.target) ?? NO_FLAGS,
  });

  const projects = projectsOf(request, run.suites, run.targets, {
    suitesDirectory: run.suitesDirectory,
    reportDirectory,
  });
  await runVitest(projects, reporter, run);

  const { recorder } = reporter;
  const { aborted } = interruption.signal;
  const ran = inOrder(reporter.tests, projects);
  const tests = run.quarantine.applyTo(ran, aborted);
  // Those of the tests were shown as they came.
  for (const test of tests.slice(ran.length))
    progress.verdict(test, { vms: [], reportDirectory: shown, imageFlags: '' });
  const report: RunReport = {
    reportVersion: REPORT_VERSION,
    verdict: verdictOf(tests, aborted),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
    commandLine: ['npm test --', ...process.argv.slice(2)].join(' '),
    commit: await describeCommit(run.root),
    host: describeHost(),
    targets: run.targets.flatMap(({ provenance }) => provenance ?? []),
    tests,
    fileSteps: recorder.fileSteps,
    vms: [...recorder.vms],
    lives: [...recorder.lives],
    remarks: [],
  };
  const unwritten = await writeReport(report, reportDirectory, request.tapPath).catch(asHostFault);
  const exhaustive = { asked: request.exhaustive, used: recorder.exhaustiveUsed };
  progress.line(`\nreport: ${shown}/index.html  (${duration(report.durationMs)})`);
  for (const remark of remarks(report, exhaustive)) progress.line(remark);
  if (process.env['GITHUB_ACTIONS'] === 'true') {
    const checkout = { root: process.cwd(), suitesDirectory: run.suitesDirectory };
    for (const annotation of githubAnnotations(report, checkout)) progress.line(annotation);
  }
  if (unwritten === undefined) return report;
  process.stderr.write(`error: ${unwritten.message}\n`);
  // Whoever waits for the report must not take this for a success; what failed or was interrupted stays so.
  return { ...report, verdict: report.verdict === 'passed' ? 'infrastructure' : report.verdict };
}

/** With debugging output there is too much to look at anything else. */
async function liveOn(
  terminal: NodeJS.WriteStream,
  root: string,
): Promise<NonNullable<TerminalReporterOptions['live']>> {
  const size = (): TerminalSize => ({ columns: terminal.columns, rows: terminal.rows });
  const area = new LiveArea((text) => void terminal.write(text), size);
  return { area, usual: await usualDurations(defaultReports(root)) };
}

function asHostFault(error: unknown): InfrastructureError {
  if (error instanceof InfrastructureError) return error;
  throw error;
}

async function runVitest(projects: SuiteProject[], reporter: SuiteReporter, run: SuiteRun): Promise<void> {
  const vitest = await vitestFor(run.root, projects, {
    jobs: run.request.jobs,
    reporters: [reporter],
    interruption: run.interruption,
  });
  try {
    if (!run.interruption.signal.aborted) await vitest.start();
  } finally {
    await vitest.close();
    // A failed test sets it; the verdict decides instead.
    process.exitCode = 0;
  }
}

function provenanceLine(provenance: TestTarget['provenance']): string {
  if (provenance === null) return 'no image';
  const { image, qemu, firmware, accelerator } = provenance;
  const what = image.name === null ? image.path : `${image.name} ${image.version ?? ''}`;
  const digest = image.sha256[0] === undefined ? '' : ` (sha256 ${image.sha256[0].slice(0, 12)}…)`;
  return `${what}${digest}, QEMU ${qemu.version}, ${firmware.path}, ${accelerator.name}: ${accelerator.reason}`;
}
