const LINE_FEED = 0x0a;
/** No byte of UTF-8: it precedes the answer to guest-sync-delimited, and what came before it is to be ignored. */
export const SENTINEL = 0xff;

export interface AgentLine {
  /** Undefined for a line that was longer than the limit. */
  readonly text: string | undefined;
  /** A sentinel stood before it. */
  readonly delimited: boolean;
}

/** Cuts what a guest agent sends into lines, wherever the pieces end. Keeps no more of a line than the limit. */
export class AgentLines {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;
  #delimited = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Buffer): AgentLine[] {
    const lines: AgentLine[] = [];
    let rest = bytes;
    for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
      this.#keep(rest.subarray(0, end));
      lines.push(this.#finish());
      rest = rest.subarray(end + 1);
    }
    this.#keep(rest);
    return lines.filter(({ text }) => text !== '');
  }

  #keep(piece: Buffer): void {
    const sentinel = piece.lastIndexOf(SENTINEL);
    if (sentinel !== -1) this.#begin(true);
    this.#length += piece.length - sentinel - 1;
    if (this.#length <= this.#maxBytes) this.#pieces.push(piece.subarray(sentinel + 1));
    else this.#pieces = [];
  }

  #finish(): AgentLine {
    const text = this.#length > this.#maxBytes ? undefined : Buffer.concat(this.#pieces).toString().trim();
    const line = { text, delimited: this.#delimited };
    this.#begin(false);
    return line;
  }

  #begin(delimited: boolean): void {
    this.#pieces = [];
    this.#length = 0;
    this.#delimited = delimited;
  }
}
