import { EXIT_CODES } from '../../harness/util/errors.ts';

/** Ctrl-C under npm comes twice: from the terminal to the whole group, and passed on by npm. */
const SAME_SIGNAL_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const PARENT_CHECK_MS = 1000;

/**
 * The first SIGINT or SIGTERM aborts `signal`, so that the run ends by cleaning up; the second ends the process at
 * once, and what hangs on it dies with it. The death of the parent counts as a signal: npm, when killed, passes no signal on.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #firstAtMs = 0;

  constructor() {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent && !this.signal.aborted) this.#handle('death of the parent process');
    }, PARENT_CHECK_MS).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes the signals over from everyone who listens now: vitest would exit without cleaning up. */
  takeOver(): void {
    for (const name of SIGNALS) {
      process.removeAllListeners(name);
      process.on(name, () => {
        this.#handle(name);
      });
    }
  }

  #handle(name: string): void {
    if (!this.signal.aborted) {
      this.#firstAtMs = Date.now();
      this.#controller.abort(new Error(`interrupted: ${name}`));
      process.stderr.write(`\n${name}: stopping and cleaning up; once more to stop at once\n`);
    } else if (Date.now() - this.#firstAtMs > SAME_SIGNAL_MS) {
      process.exit(EXIT_CODES.interrupted);
    }
  }
}
