import { styleText } from 'node:util';

import type { RunEvent } from './events.ts';
import { failureText, type FailureContext } from './failure-text.ts';
import { heading, type Place } from './place.ts';
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
  readonly place: Place;
  readonly startedAt: number;
}

interface RunningTest extends Activity {
  /** Vitest's identifier. */
  readonly test: string | null;
  /** What was last heard of it. */
  latest: string;
}

/**
 * Tells on the terminal what the run is doing, a line at a time, and that it still lives when nothing else is to say.
 * Files may run at the same time: each line is under the heading of its file.
 */
export class Progress implements Disposable {
  readonly #options: ProgressOptions;
  readonly #heartbeat: NodeJS.Timeout;
  /** By the heading of their file, which runs one at a time. */
  readonly #tests = new Map<string, RunningTest>();
  readonly #steps = new Map<string, Activity>();
  readonly #limitations = new Set<string>();
  #heading = '';

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

  /** @param test vitest's identifier; the next one of its file may have started before its end is known. */
  testEnded(test: string, place: Place): void {
    if (this.#tests.get(heading(place))?.test === test) this.#tests.delete(heading(place));
  }

  verdict(test: TestRecord, context: FailureContext): void {
    const time = styleText('dim', duration(test.durationMs));
    if (test.state === 'passed')
      this.#lineOf(test, `  ${styleText('green', 'ok  ')}  ${test.promise}  ${time}`);
    if (test.state === 'skipped')
      this.#lineOf(test, `  ${styleText('yellow', 'skip')}  ${test.promise}: ${test.skipReason ?? ''}`);
    if (test.state === 'failed') {
      this.#lineOf(test, `  ${styleText('red', 'FAIL')}  ${test.promise}  ${time}`);
      this.line(failureText(test, context));
    }
    for (const measurement of test.measurements) this.line(`        ${measurementText(measurement)}`);
  }

  event(event: RunEvent): void {
    const { debug } = this.#options;
    switch (event.kind) {
      case 'test-started': {
        const { name, at: startedAt, test } = event;
        this.#tests.set(heading(event), { name, place: event, startedAt, test, latest: '' });
        return;
      }
      case 'step-started':
        this.#steps.set(event.step, { name: event.name, place: event, startedAt: event.at });
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
        const test = this.#tests.get(heading(event));
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
      case 'exhaustive-used':
        return;
    }
  }

  /** Each worker finds it out anew. */
  #limitation(event: Extract<RunEvent, { kind: 'limitation' }>): void {
    const known = `${event.target}: ${event.text}`;
    if (this.#limitations.has(known)) return;
    this.#limitations.add(known);
    this.#lineOf(event, `  note  ${plain(event.text)}`);
  }

  #lineOf(place: Place, text: string): void {
    const above = heading(place);
    if (above !== this.#heading) this.line(`\n${above}`);
    this.#heading = above;
    this.line(text);
  }

  #beat(): void {
    for (const [above, test] of this.#tests) {
      const steps = [...this.#steps.values()];
      const { name, startedAt } = steps.findLast(({ place }) => heading(place) === above) ?? test;
      const where = above === this.#heading ? '' : `${test.place.file}: `;
      const latest = test.latest === '' ? '' : `; ${plain(test.latest)}`;
      this.line(styleText('dim', `  ....  ${where}${name}, ${duration(Date.now() - startedAt)}${latest}`));
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heartbeat);
  }
}
