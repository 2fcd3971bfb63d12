import { fileURLToPath } from 'node:url';

import {
  createVitest,
  type InlineConfig,
  type Reporter,
  type TestSpecification,
  type Vitest,
} from 'vitest/node';

import { plainPath } from '../../harness/util/files/plain-path.ts';
import { CLOCK_FAULT } from '../../harness/vm/monitor/signs/clock-fault.ts';
import type { RunSettings } from '../../harness/report/settings.ts';
import type { Interruption } from '../cli/interruption.ts';

/** Suites say their own limits; these only keep a suite that forgot from hanging for ever. */
const TEST_TIMEOUT_MS = 10 * 60_000;
const HOOK_TIMEOUT_MS = 10 * 60_000;
const TEARDOWN_TIMEOUT_MS = 60_000;

export interface SuiteProject {
  readonly settings: RunSettings;
  /** Absolute. */
  readonly files: readonly string[];
  /** One after the other, before all others. */
  readonly alone: boolean;
}

/** Again and again: a worker that still loads its file loses the message. */
const CANCEL_EVERY_MS = 250;

/**
 * Takes the signals over from vitest, which would exit without cleaning up, and cancels its run instead. One that is
 * closed, as that of the unit tests is before the suites begin, is left alone: it would be cancelled for ever.
 */
export function cancelWhenInterrupted(vitest: Vitest, interruption: Interruption): void {
  const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
  const closed = new AbortController();
  let again: NodeJS.Timeout | undefined;
  interruption.takeOver();
  interruption.signal.addEventListener(
    'abort',
    () => {
      cancel();
      again = setInterval(cancel, CANCEL_EVERY_MS);
    },
    { signal: closed.signal },
  );
  vitest.onClose(() => {
    closed.abort();
    clearInterval(again);
  });
}

type ProjectConfig = NonNullable<InlineConfig['projects']>[number];

export interface SuiteRunOptions {
  readonly jobs: number;
  readonly reporters: Reporter[];
  readonly interruption: Interruption;
}

/** A vitest that runs exactly these files, each in a process of its own, and at most `jobs` of them at once. */
export async function vitestFor(
  root: string,
  projects: readonly SuiteProject[],
  { jobs, reporters, interruption }: SuiteRunOptions,
): Promise<Vitest> {
  const options: NonNullable<Parameters<typeof createVitest>[1]> = {
    root,
    config: false,
    watch: false,
    reporters,
    projects: projects.map((project) => inlineProject(root, jobs, project)),
    pool: 'forks',
    maxWorkers: jobs,
    teardownTimeout: TEARDOWN_TIMEOUT_MS,
    slowTestThreshold: TEST_TIMEOUT_MS,
    // The count of executed tests decides, for every way in which none can run.
    passWithNoTests: true,
  };
  // As an option, the sequence would take the place of what each project says of its own.
  const vitest = await createVitest('test', options, { test: { sequence: { sequencer: InOrder } } });
  cancelWhenInterrupted(vitest, interruption);
  return vitest;
}

/** As they were handed in; vitest's own order depends on how long the files took on this machine before. */
class InOrder {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    return files.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ project, moduleId }: TestSpecification): number {
  const { include } = project.config;
  return project.vitest.projects.indexOf(project) * 1e6 + include.indexOf(moduleId);
}

function inlineProject(root: string, jobs: number, project: SuiteProject): ProjectConfig {
  const { settings, files, alone } = project;
  return {
    root,
    // Suites of users live outside the project and import the harness by its name.
    // Links keep their names: those of plainPath would lead back to what vite misreads.
    resolve: { alias: { hotfire: harnessFile('index.ts') }, preserveSymlinks: true },
    test: {
      // Unique, and shown nowhere.
      name: `${settings.target} #${settings.repetition}${alone ? ' alone' : ''}`,
      include: [...files],
      provide: { hotfire: settings },
      setupFiles: [harnessFile('fixtures/worker-setup.ts')],
      pool: 'forks',
      maxWorkers: alone ? 1 : jobs,
      // Groups run one after the other; vitest keeps the number 0 for files that it puts last.
      sequence: { groupOrder: alone ? 1 : 2 },
      testTimeout: TEST_TIMEOUT_MS,
      hookTimeout: HOOK_TIMEOUT_MS,
      // Of all faults of the host the only one that shows in the middle of a test; a machine's start is repeated by itself.
      retry: { count: 1, condition: CLOCK_FAULT },
    },
  };
}

function harnessFile(name: string): string {
  return plainPath(fileURLToPath(new URL(`../../harness/${name}`, import.meta.url)));
}
