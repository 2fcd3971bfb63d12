import { join } from 'node:path';

import type { SerializedError, TestError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestRunEndReason, TestSuite } from 'vitest/node';

import { EventTail } from './event-tail.ts';
import { EVENTS_FILE, type RunEvent } from './events.ts';
import type { TerminalReporter } from './terminal/terminal-reporter.ts';
import type { Quarantine } from './quarantine/apply.ts';
import { EventRecorder } from './records/recorder.ts';
import type { TestRecord } from './schema.ts';
import { InfrastructureError } from '../util/errors.ts';
import { reproduceLine, type RunFlags } from './render/reproduce.ts';
import { originOf, outsideRecord, promiseOf, recordOf } from './records/test-records.ts';

export interface SuiteReporterOptions {
  readonly progress: TerminalReporter;
  readonly reportDirectory: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly quarantine: Quarantine;
  /** Called with every event, after it was shown. */
  readonly onEvent?: (event: RunEvent) => void;
  /** What chooses this test's target again on a command line. */
  readonly flags: (test: TestRecord) => RunFlags;
}

/** Turns what vitest and the workers report into test records, and shows it on the terminal as it comes. */
export class SuiteReporter implements Reporter {
  readonly tests: TestRecord[] = [];
  readonly recorder: EventRecorder;
  readonly #options: SuiteReporterOptions;
  readonly #seen = new Set<string>();
  #tail: EventTail | undefined;

  constructor(options: SuiteReporterOptions) {
    this.#options = options;
    this.recorder = new EventRecorder(options.startedAt);
  }

  onTestRunStart(): void {
    this.#tail = new EventTail(join(this.#options.reportDirectory, EVENTS_FILE), (event) => {
      this.recorder.record(event);
      this.#options.progress.event(event);
      this.#options.onEvent?.(event);
    });
  }

  onTestCaseResult(test: TestCase): void {
    this.#tail?.drain();
    this.#options.progress.testEnded(test.id, originOf(test.module));
    this.#seen.add(test.id);
    this.#add(recordOf(test, this.recorder, this.#options.startedAt));
  }

  onTestSuiteResult(suite: TestSuite): void {
    const errors = suite.errors();
    if (errors.length > 0)
      this.#add(outsideRecord(originOf(suite.module), `${promiseOf(suite)} (its hooks)`, errors));
  }

  onTestModuleEnd(module: TestModule): void {
    this.#tail?.drain();
    const errors = module.errors();
    if (errors.length > 0) this.#add(outsideRecord(originOf(module), 'the file loads and cleans up', errors));
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    this.#tail?.[Symbol.dispose]();
    if (reason !== 'interrupted') {
      for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
        if (!this.#seen.has(test.id)) this.#add(recordOf(test, this.recorder, this.#options.startedAt));
      }
    }
    for (const error of [...unhandled, ...this.#lostEvents()]) {
      const origin = { suite: 'hotfire', file: 'hotfire', target: 'hotfire', repetition: 1 };
      this.#add(outsideRecord(origin, 'nothing fails outside the tests', [error]));
    }
  }

  #lostEvents(): TestError[] {
    const count = this.#tail?.damagedLines ?? 0;
    if (count === 0) return [];
    const what = `${count} line(s) of ${EVENTS_FILE} are damaged, so the report lacks what they said.`;
    const { name, message, exitCode } = new InfrastructureError(what);
    return [{ name, message, exitCode }];
  }

  #add(record: TestRecord): void {
    const { progress, reportDirectory, quarantine } = this.#options;
    const flags = this.#options.flags(record);
    const reproduce = reproduceLine(record, flags);
    const test = { ...record, quarantine: quarantine.of(record), reproduce };
    this.tests.push(test);
    const vms = test.vms.flatMap((id) => this.recorder.vm(id) ?? []);
    progress.verdict(test, { vms, reportDirectory, imageFlags: flags.imageFlags });
  }
}
