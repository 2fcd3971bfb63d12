import { plain } from '../render/text.ts';

/** A line with megabytes of a program's output would help nobody. */
const MAX_LENGTH = 2000;

/** One line of a machine's log. */
export interface LogLine {
  /** Milliseconds since the first start of the machine; null where that is not known. */
  readonly atMs: number | null;
  readonly text: string;
}

export interface Log {
  readonly lines: readonly LogLine[];
  /** Where lines are left out: the index of the line that comes after them, and how many bytes they have. */
  readonly gap: { readonly before: number; readonly bytes: number } | null;
}

export function readable(text: string): string {
  const shown = plain(text);
  return shown.length <= MAX_LENGTH ? shown : `${shown.slice(0, MAX_LENGTH)}…`;
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
