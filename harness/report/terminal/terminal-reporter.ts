import { styleText } from 'node:util';

import type { RunEvent } from '../events.ts';
import { failureText, type FailureContext } from '../render/failure-text.ts';
import { fileRunKey, heading, type FileRun } from '../file-run.ts';
import { quarantineText } from '../quarantine/apply.ts';
import type { TestRecord } from '../schema.ts';
import { duration, measurementText, plain } from '../render/text.ts';

/** CI systems and people take a silent run for a dead one. */
const HEARTBEAT_MS = 10_000;

export interface TerminalReporterOptions {
  readonly write: (text: string) => void;
  /** Shows steps and guest consoles as they come. */
  readonly debug: boolean;
  readonly heartbeatMs?: number;
}

interface Activity {
  readonly name: string;
  readonly run: FileRun;
  readonly startedAt: number;
}

interface RunningTest extends Activity {
  /** Vitest's identifier. */
  readonly test: string | null;
  /** The text of its latest progress event. */
  latest: string;
}

/**
 * Shows on the terminal what the run is doing, a line at a time, with a heartbeat when there is nothing else to show.
 * Files may run at the same time: each line is under the heading of its file.
 */
export class TerminalReporter implements Disposable {
  readonly #options: TerminalReporterOptions;
  readonly #heartbeat: NodeJS.Timeout;
  /** By the key of their file's run, which has one at a time. */
  readonly #tests = new Map<string, RunningTest>();
  readonly #steps = new Map<string, Activity>();
  readonly #limitations = new Set<string>();
  /** The key of what the last heading was for. */
  #under = '';

  constructor(options: TerminalReporterOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => {
      this.#beat();
    }, options.heartbeatMs ?? HEARTBEAT_MS);
  }

  line(text: string): void {
    this.#options.write(`${text}\n`);
    this.#heartbeat.refresh();
  }

  /** @param test vitest's identifier; the next one of its file may have started before its end is known. */
  testEnded(test: string, run: FileRun): void {
    if (this.#tests.get(fileRunKey(run))?.test === test) this.#tests.delete(fileRunKey(run));
  }

  verdict(test: TestRecord, context: FailureContext): void {
    const time = styleText('dim', duration(test.durationMs));
    if (test.state === 'passed')
      this.#lineOf(test, `  ${styleText('green', 'ok  ')}  ${test.promise}  ${time}`);
    if (test.state === 'skipped')
      this.#lineOf(test, `  ${styleText('yellow', 'skip')}  ${test.promise}: ${test.skipReason ?? ''}`);
    if (test.state === 'failed') {
      const { quarantine } = test;
      if (quarantine === null) this.#lineOf(test, `  ${styleText('red', 'FAIL')}  ${test.promise}  ${time}`);
      else {
        const why = `failed, ${quarantineText(quarantine)}`;
        this.#lineOf(test, `  ${styleText('yellow', 'warn')}  ${test.promise}: ${why}  ${time}`);
      }
      this.line(failureText(test, context));
    }
    for (const measurement of test.measurements) this.line(`        ${measurementText(measurement)}`);
  }

  event(event: RunEvent): void {
    const { debug } = this.#options;
    switch (event.kind) {
      case 'test-started': {
        const { name, at: startedAt, test } = event;
        this.#tests.set(fileRunKey(event), { name, run: event, startedAt, test, latest: '' });
        return;
      }
      case 'step-started':
        this.#steps.set(event.step, { name: event.name, run: event, startedAt: event.at });
        if (debug) this.#lineOf(event, `  step  ${event.name}`);
        return;
      case 'step-ended': {
        const step = this.#steps.get(event.step);
        this.#steps.delete(event.step);
        if (debug && step !== undefined) {
          const ending = event.error === null ? 'done' : 'broke';
          this.#lineOf(event, `  ${ending}  ${step.name}  ${duration(event.durationMs)}`);
        }
        return;
      }
      case 'progress': {
        const test = this.#tests.get(fileRunKey(event));
        if (test !== undefined) test.latest = event.text;
        if (debug) this.#lineOf(event, `        ${plain(event.text)}`);
        return;
      }
      case 'notice':
        this.#lineOf(event, `  note  ${plain(event.text)}`);
        return;
      case 'limitation':
        this.#limitation(event);
        return;
      case 'console':
        if (debug) this.#lineOf(event, styleText('dim', `  ${event.vm} | ${plain(event.line)}`));
        return;
      case 'measurement':
      case 'vm-used':
      case 'vm-evidence':
      case 'vm-lived':
      case 'exhaustive-used':
        return;
    }
  }

  /** Each worker finds it out by itself. */
  #limitation(event: Extract<RunEvent, { kind: 'limitation' }>): void {
    const known = `${event.target}: ${event.text}`;
    if (this.#limitations.has(known)) return;
    this.#limitations.add(known);
    this.#lineOf(event, `  note  ${plain(event.text)}`);
  }

  #lineOf(run: FileRun, text: string): void {
    const key = fileRunKey(run);
    if (key !== this.#under) this.line(`\n${heading(run)}`);
    this.#under = key;
    this.line(text);
  }

  #beat(): void {
    const steps = [...this.#steps.values()];
    for (const [key, test] of this.#tests) {
      const { name, startedAt } = steps.findLast(({ run }) => fileRunKey(run) === key) ?? test;
      const where = key === this.#under ? '' : `${test.run.file}: `;
      const latest = test.latest === '' ? '' : `; ${plain(test.latest)}`;
      this.line(styleText('dim', `  ....  ${where}${name}, ${duration(Date.now() - startedAt)}${latest}`));
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heartbeat);
  }
}
