/** How many messages of input the guest takes, and a wait for more. */
export class Allowance {
  #allowed = 0;
  #sent = 0;
  #wake: () => void = () => undefined;

  /** @param written of those that were sent, which the guest has done with. */
  told(maxOutstanding: number, written: number): void {
    this.#allowed = written + maxOutstanding;
    this.#wake();
  }

  /** Returns when one more may be sent, and counts it. */
  async take(): Promise<void> {
    while (this.#sent >= this.#allowed) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    this.#sent += 1;
  }
}
