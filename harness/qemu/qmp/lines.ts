import { StringDecoder } from 'node:string_decoder';

/** Cuts a byte stream into lines, however it was split on its way, and refuses to hoard an endless one. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';

  /** @param maxLength of one line, in UTF-16 code units. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /**
   * The lines that these bytes complete, without their ends; empty ones are dropped.
   *
   * @throws {RangeError} when a line, complete or not, grows longer than the limit.
   */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.write(bytes)).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    if ([...lines, this.#rest].some((line) => line.length > this.#maxLength)) {
      throw new RangeError(`A line is longer than ${this.#maxLength} characters.`);
    }
    return lines.filter((line) => line !== '');
  }
}
