/**
 * Cleanups in the order of their making, undone in reverse: node 20 has Symbol.asyncDispose but no
 * AsyncDisposableStack. Register a cleanup before the step that it undoes can fail half-way.
 */
export class Disposables implements AsyncDisposable {
  readonly #cleanups: (() => Promise<void> | void)[] = [];

  defer(cleanup: () => Promise<void> | void): void {
    this.#cleanups.push(cleanup);
  }

  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(async () => {
      await resource[Symbol.asyncDispose]();
    });
    return resource;
  }

  /** Runs every cleanup even if some fail, then throws the first failure. Safe to call again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
