import type { ReadStream } from 'node:tty';

import type { HeldMachine, RunEvent } from '../../harness/report/events.ts';
import { ask } from '../../harness/vm/control/client.ts';

/** Lets the machines of a failed test go when the user presses Enter. */
export class HeldMachines implements Disposable {
  readonly #input: Pick<ReadStream, 'on' | 'off' | 'resume' | 'pause'>;
  #held: readonly HeldMachine[] = [];

  constructor(input: Pick<ReadStream, 'on' | 'off' | 'resume' | 'pause'>) {
    this.#input = input;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === 'held') {
      this.#held = event.machines;
      this.#input.on('data', this.#onLine);
      this.#input.resume();
    }
    if (event.kind === 'released') this[Symbol.dispose]();
  }

  /** A terminal hands over whole lines. */
  readonly #onLine = (): void => {
    // Another terminal may have let them go at the same time.
    for (const { controlSocket } of this.#held) ask(controlSocket, { op: 'stop' }).catch(() => undefined);
  };

  [Symbol.dispose](): void {
    this.#input.off('data', this.#onLine);
    this.#input.pause();
    this.#held = [];
  }
}
