/** What a terminal can show, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const LINES_UP = (count: number): string => `\u001b[${count}A`;
const CLEAR_BELOW = '\u001b[J';
/** For what stands above, which gives the rows of the area their meaning. */
const MIN_ROWS_ABOVE = 3;

/** Lines at the lower end of a terminal that are drawn again and again, while others go by above them. */
export class LiveArea implements Disposable {
  readonly #write: (text: string) => void;
  readonly #size: () => TerminalSize;
  #lines: readonly string[] = [];
  #drawn = 0;

  /** @param size asked for every time, since the user may change it. */
  constructor(write: (text: string) => void, size: () => TerminalSize) {
    this.#write = write;
    this.#size = size;
  }

  /** @param lines plain text: without control characters, which would move the cursor. */
  draw(lines: readonly string[]): void {
    this.#lines = lines;
    this.#update('');
  }

  /** @param text whole lines, each with its end. */
  above(text: string): void {
    this.#update(text);
  }

  #update(text: string): void {
    const { columns, rows } = this.#size();
    // One that is longer would take two rows, and be left behind.
    const shown = this.#lines.slice(0, Math.max(0, rows - MIN_ROWS_ABOVE)).map((line) => cut(line, columns));
    const erase = this.#drawn === 0 ? '' : `${LINES_UP(this.#drawn)}\r${CLEAR_BELOW}`;
    this.#drawn = shown.length;
    this.#write(`${erase}${text}${shown.map((line) => `${line}\n`).join('')}`);
  }

  [Symbol.dispose](): void {
    if (this.#drawn > 0) this.draw([]);
  }
}

function cut(line: string, columns: number): string {
  const characters = Array.from(line);
  return characters.length < columns ? line : `${characters.slice(0, Math.max(0, columns - 2)).join('')}…`;
}
