import { exitFailure } from '../../harness/qemu/failure.ts';
import { Deadline } from '../../harness/util/deadline.ts';
import { deferred } from '../../harness/util/deferred.ts';
import { WaitTimeoutError } from '../../harness/util/errors.ts';
import type { Vm } from '../../harness/vm/vm.ts';
import type { Attachment } from './attach.ts';
import { say } from './say.ts';

const SHUTDOWN_TIMEOUT_MS = 60_000;

/** One machine and the user who is in it, until the machine is off. */
export class Session {
  readonly #vm: Vm;
  readonly #asked = deferred<undefined>();
  readonly #off: Promise<'off'>;

  constructor(vm: Vm) {
    this.#vm = vm;
    this.#off = vm.exited.then((exit) => {
      if (exit.code !== 0 && !exit.intended) throw exitFailure(exit, 'while its machine was running');
      return 'off' as const;
    });
    // Reported by untilEnd.
    this.#off.catch(() => undefined);
  }

  /** Another terminal asks for the end. Resolves when the machine is off. */
  async stop(): Promise<void> {
    this.#asked.resolve(undefined);
    await this.#off;
  }

  /**
   * Resolves when the machine is off, which the user at the terminal, the guest or another terminal has brought about.
   *
   * @throws {InfrastructureError} when QEMU ends by itself.
   */
  async untilEnd({ left, leftAgain }: Pick<Attachment, 'left' | 'leftAgain'>): Promise<void> {
    const end = await Promise.race([this.#off, left, this.#asked.promise]);
    if (end === 'off') return;
    say('shutting down; Ctrl-] once more cuts the power');
    try {
      const deadline = Deadline.after(SHUTDOWN_TIMEOUT_MS, 'the guest to shut down');
      await Promise.race([this.#vm.shutdown(deadline), this.#off, leftAgain]);
    } catch (error) {
      if (!(error instanceof WaitTimeoutError)) throw error;
      say('it did not shut down: its power is cut');
    }
    await this.#vm.stop();
  }
}
