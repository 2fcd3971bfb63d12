import { ImageError } from '../../util/errors.ts';

const MAX_CHARACTERS = 16 * 2 ** 20;
/** Longer than any pattern's match, so what was searched need not be searched again. */
const LONGEST_MATCH = 1024;

export interface Captured {
  /** What came before the match. */
  readonly before: string;
  readonly match: RegExpExecArray;
}

/** Text that grows until a pattern is in it. */
export class Capture {
  readonly #pattern: RegExp;
  readonly #decoder = new TextDecoder();
  #text = '';
  #match: RegExpExecArray | undefined;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  /** @returns whether there is a result. */
  push(bytes: Uint8Array): boolean {
    const searched = Math.max(0, this.#text.length - LONGEST_MATCH);
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const match = this.#pattern.exec(this.#text.slice(searched));
    if (match !== null) {
      match.index += searched;
      this.#match = match;
    }
    return match !== null || this.#text.length > MAX_CHARACTERS;
  }

  /** @throws {ImageError} when so much came without a match that no more was kept. */
  result(): Captured {
    if (this.#match === undefined) {
      throw new ImageError(
        `The guest printed more than ${MAX_CHARACTERS} characters on its console without an end.`,
      );
    }
    return { before: this.#text.slice(0, this.#match.index), match: this.#match };
  }
}
