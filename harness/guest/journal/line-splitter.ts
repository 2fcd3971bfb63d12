const LINE_FEED = 0x0a;

/** Cuts a byte stream into lines. A line beyond the limit is left out: half a JSON object is of no use. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** @returns the lines that ended in these bytes, without their line feeds; empty ones are left out. */
  push(bytes: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      this.#keep(bytes.subarray(from, at));
      const line = Buffer.concat(this.#pieces).toString();
      if (line !== '') lines.push(line);
      this.#pieces = [];
      this.#length = 0;
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length <= this.#maxLineBytes) this.#pieces.push(piece);
    else this.#pieces = [];
  }
}
