import { duration, plain } from '../render/text.ts';

/** One test that runs, and what its machines do. */
export interface LiveTest {
  readonly file: string;
  readonly name: string;
  /** The step that it is in. */
  readonly stage: string | undefined;
  readonly elapsedMs: number;
  /** Median of earlier runs; undefined for a test of which none is known. */
  readonly usualMs: number | undefined;
  /** The last line of each machine's console, by its name. */
  readonly consoles: ReadonlyMap<string, string>;
}

/** A row for each test, and under it one for each of its machines. */
export function liveRows(tests: readonly LiveTest[]): string[] {
  return tests.flatMap(({ file, name, stage, elapsedMs, usualMs, consoles }) => [
    `> ${time(elapsedMs, usualMs)}  ${plain(file)}: ${plain(stage === undefined ? name : `${name}: ${stage}`)}`,
    ...[...consoles].map(([vm, line]) => `    ${plain(vm)} | ${plain(line).replaceAll('\t', ' ')}`),
  ]);
}

function time(elapsedMs: number, usualMs: number | undefined): string {
  const elapsed = duration(elapsedMs);
  return usualMs === undefined ? elapsed : `${elapsed} of ${duration(usualMs)}`;
}
