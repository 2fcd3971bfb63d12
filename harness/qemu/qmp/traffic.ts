import { pino } from 'pino';

const REMEMBERED_LINES = 5;
const REMEMBERED_LENGTH = 300;
/** Of equal weight to pino, as long as they differ; a log's level is the direction here. */
const DIRECTIONS = { sent: 30, received: 31, note: 32 };

export type Direction = keyof typeof DIRECTIONS;

/** What went over one QMP connection: all of it to a file as JSON lines, the last of it kept for error messages. */
export class Traffic {
  readonly #log: pino.Logger<Direction> | undefined;
  readonly #last: string[] = [];
  #close: () => void = () => undefined;

  /** @param path is appended to, so that a machine's connections share one file. Absent: nothing is written. */
  constructor(path: string | undefined) {
    if (path === undefined) return;
    // Written synchronously: what led to a sudden end of this process is what the file is for.
    const file = pino.destination({ dest: path, sync: true, append: true });
    this.#log = pino(
      {
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        messageKey: 'line',
        customLevels: DIRECTIONS,
        formatters: { level: (direction) => ({ direction }) },
      },
      file,
    );
    this.#close = () => {
      file.end();
    };
  }

  add(direction: Direction, line: string): void {
    this.#log?.[direction](line);
    this.#last.push(`${direction}: ${shorten(line)}`);
    if (this.#last.length > REMEMBERED_LINES) this.#last.shift();
  }

  last(): string {
    return this.#last.length === 0 ? 'no traffic at all' : this.#last.join('\n           ');
  }

  close(): void {
    this.#close();
  }
}

function shorten(line: string): string {
  return line.length <= REMEMBERED_LENGTH ? line : `${line.slice(0, REMEMBERED_LENGTH)}…`;
}
