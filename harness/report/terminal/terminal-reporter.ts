import { styleText } from 'node:util';

import type { RunEvent } from '../events.ts';
import { failureText, indented, type FailureContext } from '../render/failure-text.ts';
import { fileRunKey, heading, type FileRun } from '../file-run.ts';
import { quarantineText } from '../quarantine/apply.ts';
import type { TestRecord } from '../schema.ts';
import type { LiveArea } from '../live/area.ts';
import { liveRows, type LiveTest } from '../live/rows.ts';
import type { UsualDuration } from '../live/usual.ts';
import { duration, measurementText, plain } from '../render/text.ts';

/** CI systems and people take a silent run for a dead one. */
const HEARTBEAT_MS = 10_000;
/** Seconds go by evenly. */
const REDRAW_MS = 500;

export interface TerminalReporterOptions {
  readonly write: (text: string) => void;
  /** Shows steps and guest consoles as they come. */
  readonly debug: boolean;
  /** Where what goes on is drawn again and again; absent where lines can only be added, as in a log. */
  readonly live?: { readonly area: LiveArea; readonly usual: UsualDuration };
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
  /** The last line of each of its machines, by name. */
  readonly consoles: Map<string, string>;
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
  #held = false;
  /** The key of what the last heading was for. */
  #under = '';

  constructor(options: TerminalReporterOptions) {
    this.#options = options;
    const { live, heartbeatMs = live === undefined ? HEARTBEAT_MS : REDRAW_MS } = options;
    this.#heartbeat = setInterval(() => {
      if (live === undefined) this.#beat();
      else this.#draw(live);
    }, heartbeatMs);
  }

  line(text: string): void {
    const { live, write } = this.#options;
    if (live !== undefined) {
      live.area.above(`${text}\n`);
      return;
    }
    write(`${text}\n`);
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
        this.#tests.set(fileRunKey(event), {
          ...{ name, run: event, startedAt, test, latest: '' },
          consoles: new Map(),
        });
        return;
      }
      case 'step-started':
        this.#steps.set(event.step, { name: event.name, run: event, startedAt: event.at });
        if (debug) this.#lineOf(event, `  step  ${event.name}`);
        return;
      case 'step-ended': {
        const step = this.#steps.get(event.step);
        this.#steps.delete(event.step);
        if (this.#isLog && step !== undefined && event.error === null) {
          this.#lineOf(event, `  step  ${step.name}  ${duration(event.durationMs)}`);
        }
        if (debug && step !== undefined) {
          const ending = event.error === null ? 'done' : 'broke';
          this.#lineOf(event, `  ${ending}  ${step.name}  ${duration(event.durationMs)}`);
        }
        return;
      }
      case 'progress': {
        const test = this.#tests.get(fileRunKey(event));
        if (test !== undefined) test.latest = event.text;
        if (event.vm !== undefined) test?.consoles.set(event.vm, event.text.replace(/^console: /, ''));
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
      case 'held':
        this.#hold(event);
        return;
      case 'released':
        this.#held = false;
        return;
      case 'measurement':
      case 'vm-used':
      case 'vm-evidence':
      case 'vm-lived':
      case 'exhaustive-used':
        return;
    }
  }

  /** Every line stays, and is worth its place: one for each step, when it is done. */
  get #isLog(): boolean {
    return this.#options.live === undefined && !this.#options.debug;
  }

  #draw({ area, usual }: NonNullable<TerminalReporterOptions['live']>): void {
    const tests = this.#held ? [] : [...this.#tests].map(([key, test]) => this.#liveTest(key, test, usual));
    area.draw(liveRows(tests));
  }

  #liveTest(key: string, { name, run, startedAt, consoles }: RunningTest, usual: UsualDuration): LiveTest {
    const stage = this.#stepOf(key)?.name;
    const usualMs = usual({ file: run.file, target: run.target, promise: name });
    return { ...{ file: run.file, name, stage, usualMs, consoles }, elapsedMs: Date.now() - startedAt };
  }

  #stepOf(key: string): Activity | undefined {
    return [...this.#steps.values()].findLast(({ run }) => fileRunKey(run) === key);
  }

  #hold(event: Extract<RunEvent, { kind: 'held' }>): void {
    this.#held = true;
    this.#lineOf(event, `  held  ${event.name}`);
    for (const error of event.errors) this.line(indented(plain(error)));
    this.line('        Its machines run on. From another terminal:');
    for (const { name, uses } of event.machines) {
      for (const use of uses) this.line(`        ${plain(use)}`);
      this.line(`        end: npm run vm -- stop ${name}`);
    }
    this.line('        Enter here ends the test.');
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
    // Nothing goes on, and the user is busy elsewhere.
    if (this.#held) return;
    for (const [key, test] of this.#tests) {
      const { name, startedAt } = this.#stepOf(key) ?? test;
      const where = key === this.#under ? '' : `${test.run.file}: `;
      const latest = test.latest === '' ? '' : `; ${plain(test.latest)}`;
      this.line(styleText('dim', `  ....  ${where}${name}, ${duration(Date.now() - startedAt)}${latest}`));
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heartbeat);
    this.#options.live?.area[Symbol.dispose]();
  }
}
