import { UsageError } from '../../harness/util/errors.ts';

/** "Unknown suite "bot"; did you mean "boot"? Known suites: api, boot." */
export function unknownName(kind: string, name: string, known: readonly string[]): UsageError {
  const suggestion = closest(name, known);
  const question = suggestion === undefined ? '.' : `; did you mean "${suggestion}"?`;
  return new UsageError(
    `Unknown ${kind} "${name}"${question} Known ${kind}s: ${known.join(', ') || 'none'}.`,
  );
}

/** The known name that a typing error most likely turned into `name`: at most a third of its letters differ. */
export function closest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein distance, one row at a time. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const substituted = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
