import { performance } from 'node:perf_hooks';

import type { Events } from '../../harness/util/events.ts';
import type { BuildEvents } from './cache/events.ts';
import { TimeLeft } from './time-left.ts';

/** Where progress goes; the part of a terminal stream that is used here. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const HEARTBEAT_MS = { terminal: 1_000, log: 10_000 };
const CLEAR_LINE = '\r\u001b[K';
const MINUTE_MS = 60_000;

/**
 * Shows what a build does: a line for each step, and a sign of life while one runs, which on a terminal is one line that
 * changes. Of a build that takes minutes it says how many are left.
 */
export class BuildProgress {
  readonly #output: ProgressOutput;
  readonly #live: boolean;
  #left = new TimeLeft([]);
  #running: { readonly step: string; readonly sinceMs: number; doing: string } | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #offs: (() => void)[];

  constructor(events: Events<BuildEvents>, output: ProgressOutput) {
    this.#output = output;
    this.#live = output.isTTY === true;
    this.#offs = [
      events.on('ahead', ({ steps }) => {
        this.#left = new TimeLeft(steps);
      }),
      events.on('cached', ({ step }) => {
        this.#line(`${step}: cached`);
      }),
      events.on('started', ({ step, log }) => {
        this.#running = { step, sinceMs: performance.now(), doing: '' };
        this.#line(`${step} … (log: ${log})`);
      }),
      events.on('note', ({ step, text }) => {
        if (this.#running !== undefined) this.#running.doing = `: ${text}`;
        this.#line(`${step}: ${text}`);
      }),
      events.on('ended', ({ step, elapsedMs, failed }) => {
        this.#running = undefined;
        this.#left.made(step, elapsedMs);
        this.#line(`${step}: ${failed ? 'failed' : 'done'} after ${seconds(elapsedMs)}`);
      }),
    ];
    this.#timer = setInterval(
      () => {
        this.#beat();
      },
      HEARTBEAT_MS[this.#live ? 'terminal' : 'log'],
    );
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#live) this.#output.write(CLEAR_LINE);
    for (const off of this.#offs) off();
  }

  #line(text: string): void {
    this.#output.write(`${this.#live ? CLEAR_LINE : ''}${text}\n`);
    if (this.#live) this.#beat();
  }

  #beat(): void {
    if (this.#running === undefined) return;
    const { step, sinceMs, doing } = this.#running;
    const elapsedMs = performance.now() - sinceMs;
    const text = `${step}${doing} … ${seconds(elapsedMs)}${minutesLeft(this.#left.during(step, elapsedMs))}`;
    this.#output.write(
      this.#live ? `${CLEAR_LINE}${text.slice(0, (this.#output.columns ?? 80) - 1)}` : `${text}\n`,
    );
  }
}

function minutesLeft(ms = 0): string {
  return ms < MINUTE_MS ? '' : `, about ${Math.round(ms / MINUTE_MS)} min left`;
}

function seconds(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(elapsedMs < 10_000 ? 1 : 0)} s`;
}
