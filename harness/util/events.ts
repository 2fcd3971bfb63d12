/** A typed list of listeners. Unlike node's EventEmitter, names and payloads are checked, and nothing throws on 'error'. */
export class Events<Payloads extends object> {
  readonly #listeners = new Map<keyof Payloads, Set<(payload: never) => void>>();

  /** @returns a function that takes the listener off again. */
  on<Name extends keyof Payloads>(name: Name, listener: (payload: Payloads[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  emit<Name extends keyof Payloads>(name: Name, payload: Payloads[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      (listener as (payload: Payloads[Name]) => void)(payload);
    }
  }

  /** The next payload that `matches`; pair it with a Deadline's race, and always settle by aborting the signal. */
  next<Name extends keyof Payloads>(
    name: Name,
    signal: AbortSignal,
    matches: (payload: Payloads[Name]) => boolean = () => true,
  ): Promise<Payloads[Name]> {
    return new Promise((resolve, reject) => {
      const off = this.on(name, (payload) => {
        if (!matches(payload)) return;
        off();
        signal.removeEventListener('abort', abort);
        resolve(payload);
      });
      const abort = (): void => {
        off();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
