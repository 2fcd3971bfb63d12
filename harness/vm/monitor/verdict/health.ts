import { setTimeout as sleep } from 'node:timers/promises';

import { GuestConnectionError } from '../../../guest/http/errors.ts';
import { GuestAgentLostError } from '../../../guest/agent/errors.ts';
import { BridgeLostError, BridgeStreamError } from '../../../guest/bridge/errors.ts';
import { QmpDisconnectedError } from '../../../qemu/qmp/errors.ts';
import { deferred } from '../../../util/deferred.ts';
import { WaitTimeoutError, type InfrastructureError } from '../../../util/errors.ts';

/** How long the reason may come after a connection that broke because of it: a crash collects its stack trace first. */
const REASON_GRACE_MS = 1000;

/**
 * Whether a machine can still be trusted. Once it has failed, every wait for it and every later call gets the first
 * failure: what a broken machine does after that proves nothing.
 */
export class Health {
  readonly #evidence: () => string;
  readonly #hostFault: () => Promise<InfrastructureError | undefined>;
  readonly #failed = deferred<never>();
  readonly #described = new WeakSet<Error>();
  #failure: Error | undefined;

  /**
   * @param evidence what to print under errors of waiting: the console's tail, the machine's directory.
   * @param hostFault asked before the guest is blamed for an expired wait.
   */
  constructor(
    evidence: () => string,
    hostFault: () => Promise<InfrastructureError | undefined> = () => Promise.resolve(undefined),
  ) {
    this.#evidence = evidence;
    this.#hostFault = hostFault;
    this.#failed.promise.catch(() => undefined);
  }

  /** The first failure, if there was one. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Rejects with the first failure; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  fail(failure: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#failed.reject(failure);
  }

  /** The promise's value, unless the machine has failed or fails first. */
  async guard<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await Promise.race([promise, this.#failed.promise]);
    } catch (error) {
      if (isSymptom(error)) {
        await Promise.race([this.#failed.promise, sleep(REASON_GRACE_MS, undefined, { ref: false })]);
      }
      if (error instanceof WaitTimeoutError) await this.#blameHost();
      throw this.#withEvidence(error);
    }
  }

  /** @throws {InfrastructureError} if the host is the reason why a wait expired. */
  async #blameHost(): Promise<void> {
    const fault = await this.#hostFault();
    if (fault === undefined) return;
    fault.message += `\n${this.#evidence()}`;
    this.fail(fault);
    throw fault;
  }

  #withEvidence(error: unknown): unknown {
    if (!(error instanceof WaitTimeoutError || isSymptom(error)) || this.#described.has(error)) return error;
    this.#described.add(error);
    error.message += `\n${this.#evidence()}`;
    return error;
  }
}

const SYMPTOMS = [
  ...[BridgeStreamError, BridgeLostError, GuestAgentLostError],
  ...[GuestConnectionError, QmpDisconnectedError],
];

/** Errors that say only that a connection broke, which is what a crash looks like from outside. */
function isSymptom(error: unknown): error is Error {
  return SYMPTOMS.some((symptom) => error instanceof symptom);
}
