import { parseEntry } from '../../guest/journal/entry.ts';
import type { Excerpt } from './excerpt.ts';
import { linesOf, readable, type Log, type LogLine } from './line.ts';

/** Clocks of guests are set from the host's, in whole seconds. A time outside of the machine's is another clock's. */
const TOLERANCE_MS = 1000;

/** When the machine was there, in milliseconds since the epoch. */
export interface Presence {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The entries of a journal, with their times by the guest's clock.
 *
 * @param presence null when the machine never started.
 */
export function journalLog({ head, tail, omittedBytes }: Excerpt, presence: Presence | null): Log {
  const first = entries(head, presence);
  if (omittedBytes === 0) return { lines: first, gap: null };
  const last = entries(tail, presence);
  return { lines: [...first, ...last], gap: { before: first.length, bytes: omittedBytes } };
}

function entries(text: string, presence: Presence | null): LogLine[] {
  return linesOf(text).flatMap((line) => {
    const entry = parseEntry(line);
    if (entry === undefined) return [];
    const name = entry.identifier ?? entry.unit;
    const said = readable(name === undefined ? entry.message : `${name}: ${entry.message}`);
    return [{ atMs: timeIn(presence, entry.realtimeUs / 1000), text: said }];
  });
}

function timeIn(presence: Presence | null, ms: number): number | null {
  if (presence === null || ms < presence.fromMs - TOLERANCE_MS || ms > presence.toMs + TOLERANCE_MS) {
    return null;
  }
  return Math.max(0, Math.round(ms - presence.fromMs));
}
