/** A guest must not fill the harness's memory. */
export const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** What a command has written to both of its outputs. */
export class Output {
  readonly #pieces: Buffer[] = [];
  #length = 0;
  #wake: () => void = () => undefined;

  /** @returns false when it is more than is kept. */
  push(bytes: Buffer): boolean {
    this.#length += bytes.length;
    if (this.#length > MAX_OUTPUT_BYTES) return false;
    this.#pieces.push(bytes);
    this.#wake();
    return true;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.bytes.toString();
  }

  /** Resolves with the next output. */
  more(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }
}
