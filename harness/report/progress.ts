import { styleText } from 'node:util';

import type { RunEvent } from './events.ts';
import { failureText, type FailureContext } from './failure-text.ts';
import type { TestRecord } from './schema.ts';
import { duration, measurementText, plain } from './text.ts';

/** CI systems and people take a silent run for a dead one. */
const HEARTBEAT_MS = 10_000;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Shows steps and guest consoles as they come. */
  readonly debug: boolean;
  readonly heartbeatMs?: number;
}

interface Activity {
  readonly name: string;
  readonly startedAt: number;
}

/** Tells on the terminal what the run is doing, a line at a time, and that it still lives when nothing else is to say. */
export class Progress implements Disposable {
  readonly #options: ProgressOptions;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #steps = new Map<string, Activity>();
  readonly #limitations = new Set<string>();
  #test: Activity | undefined;
  #latest = '';

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => {
      this.#beat();
    }, options.heartbeatMs ?? HEARTBEAT_MS);
  }

  line(text: string): void {
    this.#options.write(`${text}\n`);
    this.#heartbeat.refresh();
  }

  fileStarted(file: string, target: string): void {
    this.line(`\n${styleText('bold', file)}  ${target}`);
  }

  testStarted(promise: string): void {
    this.#test = { name: promise, startedAt: Date.now() };
  }

  testEnded(test: TestRecord, context: FailureContext): void {
    this.#test = undefined;
    this.#latest = '';
    const time = styleText('dim', duration(test.durationMs));
    if (test.state === 'passed') this.line(`  ${styleText('green', 'ok  ')}  ${test.promise}  ${time}`);
    if (test.state === 'skipped')
      this.line(`  ${styleText('yellow', 'skip')}  ${test.promise}: ${test.skipReason ?? ''}`);
    if (test.state === 'failed') {
      this.line(`  ${styleText('red', 'FAIL')}  ${test.promise}  ${time}`);
      this.line(failureText(test, context));
    }
    for (const measurement of test.measurements) this.line(`        ${measurementText(measurement)}`);
  }

  event(event: RunEvent): void {
    const { debug } = this.#options;
    switch (event.kind) {
      case 'step-started':
        this.#steps.set(event.step, { name: event.name, startedAt: event.at });
        if (debug) this.line(`  step  ${event.name}`);
        return;
      case 'step-ended': {
        const step = this.#steps.get(event.step);
        this.#steps.delete(event.step);
        if (debug && step !== undefined) {
          this.line(
            `  ${event.error === null ? 'done' : 'broke'}  ${step.name}  ${duration(event.durationMs)}`,
          );
        }
        return;
      }
      case 'progress':
        this.#latest = event.text;
        if (debug) this.line(`        ${plain(event.text)}`);
        return;
      case 'notice':
        this.line(`  note  ${plain(event.text)}`);
        return;
      case 'limitation':
        this.#limitation(event);
        return;
      case 'console':
        if (debug) this.line(styleText('dim', `  ${event.vm} | ${plain(event.line)}`));
        return;
      case 'measurement':
      case 'vm-used':
      case 'vm-evidence':
      case 'exhaustive-used':
        return;
    }
  }

  /** Each worker finds it out anew. */
  #limitation({ target, text }: Extract<RunEvent, { kind: 'limitation' }>): void {
    const known = `${target}: ${text}`;
    if (this.#limitations.has(known)) return;
    this.#limitations.add(known);
    this.line(`  note  ${plain(text)}`);
  }

  #beat(): void {
    const activity = [...this.#steps.values()].at(-1) ?? this.#test;
    if (activity === undefined) return;
    const latest = this.#latest === '' ? '' : `; ${plain(this.#latest)}`;
    this.line(
      styleText('dim', `  ....  ${activity.name}, ${duration(Date.now() - activity.startedAt)}${latest}`),
    );
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heartbeat);
  }
}
