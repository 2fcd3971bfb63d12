import { stripVTControlCharacters } from 'node:util';

export interface ConsoleLine {
  /** Counted from 0 over the life of the machine. */
  readonly number: number;
  /** When its first byte came, in milliseconds since the machine was started. */
  readonly atMs: number;
  /** Without terminal control sequences. */
  readonly text: string;
}

/** A guest that never ends its line must not fill the harness's memory: it is cut into lines of this size. */
const MAX_LINE_LENGTH = 4096;

/** ECMA-48's whole form. Node's own function leaves out sequences such as DECSTR, which systemd sends. */
// eslint-disable-next-line no-control-regex
const CONTROL_SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]/g;

// Everything of C0 that is left when control sequences are gone, save the tab.
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Cuts what a serial port says into lines, as it comes and wherever the pieces end. */
export class LineReader {
  readonly #decoder = new TextDecoder();
  readonly #now: () => number;
  readonly #maxLength: number;
  #rest = '';
  #restSinceMs = 0;
  #count = 0;

  /**
   * @param now the milliseconds since the machine was started.
   * @param maxLength a line beyond it is cut.
   */
  constructor(now: () => number, maxLength = MAX_LINE_LENGTH) {
    this.#now = now;
    this.#maxLength = maxLength;
  }

  push(bytes: Uint8Array): ConsoleLine[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    const pieces = text.split('\n');
    const unfinished = pieces.pop() ?? '';
    const lines = pieces.map((piece) => {
      this.#append(piece);
      return this.#finish();
    });
    this.#append(unfinished);
    return this.#rest.length > this.#maxLength ? [...lines, this.#finish()] : lines;
  }

  /** The line that has no end yet, such as a prompt. */
  unfinished(): ConsoleLine | undefined {
    const text = plain(this.#rest);
    return text === '' ? undefined : { number: this.#count, atMs: this.#restSinceMs, text };
  }

  #append(piece: string): void {
    if (this.#rest === '') this.#restSinceMs = this.#now();
    this.#rest += piece;
  }

  #finish(): ConsoleLine {
    const line = { number: this.#count, atMs: this.#restSinceMs, text: plain(this.#rest) };
    this.#count += 1;
    this.#rest = '';
    return line;
  }
}

/** Without control sequences, and without control characters but the tab. */
export function plain(text: string): string {
  return stripVTControlCharacters(text.replace(CONTROL_SEQUENCE, '')).replace(CONTROL_CHARACTERS, '');
}
