import type { LifeRecord } from '../life.ts';
import type { Excerpt } from './excerpt.ts';
import { linesOf, readable, type Log, type LogLine } from './line.ts';

/** As a machine's console writes its log: the seconds since the machine was started. */
const STAMPED = /^\[ *(\d+\.\d{3})\] (.*)$/;

interface Stamped {
  readonly stampMs: number | null;
  readonly text: string;
}

/**
 * The lines of a console on one clock. Stamps begin anew with every start of the machine, and a fork's log begins with that of
 * the machine that it is a copy of, whose lines have no time here.
 *
 * @param lives those of the machine, in their order.
 */
export function consoleLog({ head, tail, omittedBytes }: Excerpt, lives: readonly LifeRecord[]): Log {
  const first = inLives(parse(head), lives);
  if (omittedBytes === 0) return { lines: first, gap: null };
  const last = inLives(parse(tail), lives, 'from-end');
  return { lines: [...first, ...last], gap: { before: first.length, bytes: omittedBytes } };
}

function parse(text: string): Stamped[] {
  return linesOf(text).map((line) => {
    const [, seconds, rest] = STAMPED.exec(line) ?? [];
    return seconds === undefined
      ? { stampMs: null, text: readable(line) }
      : { stampMs: Math.round(Number(seconds) * 1000), text: readable(rest ?? '') };
  });
}

/** A stamp that is less than the one before it begins another life. */
function inLives(lines: readonly Stamped[], lives: readonly LifeRecord[], from?: 'from-end'): LogLine[] {
  const [origin] = lives;
  if (origin === undefined) return lines.map(({ text }) => ({ atMs: null, text }));
  const owners = [...(origin.forked ? [undefined] : []), ...lives];
  const sections: number[] = [];
  let section = 0;
  let latestMs = 0;
  for (const { stampMs } of lines) {
    if (stampMs !== null) {
      if (stampMs < latestMs) section += 1;
      latestMs = stampMs;
    }
    sections.push(section);
  }
  const shift = from === 'from-end' ? owners.length - 1 - section : 0;
  return lines.map(({ stampMs, text }, index) => {
    const life = owners[(sections[index] ?? 0) + shift];
    if (stampMs === null || life === undefined) return { atMs: null, text };
    return { atMs: life.startMs - origin.startMs + stampMs, text };
  });
}
